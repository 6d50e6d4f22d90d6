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
	"path"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The simulator's own (0.24.2) has no ExtendVirtualDisk_Task. This one does what the API reference
// says of it: the disk must be there and can only grow. The descriptor tells the new size.
type diskManager struct {
	simulator.VirtualDiskManager
}

var extent = regexp.MustCompile(`(?m)^RW (\d+) VMFS `)

func (m *diskManager) ExtendVirtualDiskTask(_ *simulator.Context, req *types.ExtendVirtualDisk_Task) soap.HasFault {
	task := simulator.CreateTask(m, "extendVirtualDisk", func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		missing := &types.FileNotFound{FileFault: types.FileFault{File: req.Name}}
		var at object.DatastorePath
		if !at.FromString(req.Name) {
			return nil, &types.InvalidDatastorePath{DatastorePath: req.Name}
		}
		for _, entity := range simulator.Map.All("Datastore") {
			datastore, ok := entity.(*simulator.Datastore)
			if !ok || datastore.Name != at.Datastore {
				continue
			}
			file := path.Join(datastore.Info.GetDatastoreInfo().Url, at.Path)
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, missing
			}
			if _, err := os.Stat(strings.TrimSuffix(file, ".vmdk") + "-flat.vmdk"); err != nil {
				return nil, missing
			}
			found := extent.FindSubmatch(text)
			if found == nil {
				return nil, missing
			}
			now, _ := strconv.ParseInt(string(found[1]), 10, 64)
			wanted := req.NewCapacityKb * 2
			if wanted <= now {
				return nil, &types.InvalidArgument{InvalidProperty: "newCapacityKb"}
			}
			grown := extent.ReplaceAll(text, []byte("RW "+strconv.FormatInt(wanted, 10)+" VMFS "))
			if err := os.WriteFile(file, grown, 0600); err != nil {
				return nil, &types.CannotAccessFile{FileFault: types.FileFault{File: req.Name}}
			}
			return nil, nil
		}
		return nil, &types.InvalidDatastore{Name: at.Datastore}
	})
	return &methods.ExtendVirtualDisk_TaskBody{
		Res: &types.ExtendVirtualDisk_TaskResponse{Returnval: task.Run()},
	}
}

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
	disks := simulator.Map.VirtualDiskManager().(*simulator.VirtualDiskManager)
	simulator.Map.Put(&diskManager{*disks})
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
