// Starts govmomi's vSphere API simulator (Debian package golang-github-vmware-govmomi-dev) on a
// loopback port, says where as one line of JSON, and ends when its standard input closes: so it
// never outlives the test that started it, however that ended.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
)

func main() {
	standalone := flag.Bool("esx", false, "a standalone ESXi host instead of a vCenter")
	user := flag.String("username", "user", "the one user name that may log in")
	password := flag.String("password", "password", "and its password")
	machines := flag.Int("vm", 2, "machines per resource pool")
	apiVersion := flag.String("api-version", "", "what the site says its version is")
	build := flag.String("build", "", "what the site says its build is")
	delay := flag.Int("delay", 0, "milliseconds added to every call")
	flag.Parse()

	model := simulator.VPX()
	if *standalone {
		model = simulator.ESX()
	}
	model.Machine = *machines
	about := &model.ServiceContent.About
	if *apiVersion != "" {
		about.ApiVersion, about.Version = *apiVersion, *apiVersion
	}
	if *build != "" {
		about.Build = *build
		esx.HostSystem.Summary.Config.Product.Build = *build
	}
	model.DelayConfig.Delay = *delay
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(*user, *password)}
	model.Service.RegisterEndpoints = true
	model.Service.TLS = new(tls.Config)
	server := model.Service.NewServer()
	address := map[string]string{"host": server.URL.Hostname(), "port": server.URL.Port()}
	if err := json.NewEncoder(os.Stdout).Encode(address); err != nil {
		log.Fatal(err)
	}

	// From here on it would tell of every update and every refused certificate.
	log.SetOutput(io.Discard)
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		asked <- syscall.SIGTERM
	}()
	<-asked
	server.Close()
	model.Remove()
}
