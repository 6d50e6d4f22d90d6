"""Lists machines with pyvmomi, round after round: waits for a line on standard input, lists, answers
with a line of JSON. The login is not counted.
"""
import json
import ssl
import sys
import time

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

asked = json.loads(sys.stdin.readline())
site = SmartConnect(
    host=asked["host"],
    port=int(asked["port"]),
    user=asked["user"],
    pwd=asked["password"],
    sslContext=ssl._create_unverified_context(),
)
content = site.RetrieveContent()
collector = vmodl.query.PropertyCollector


def pages(paths, size):
    """As pyvmomi's own samples do it: one view, pages by token."""
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    walk = collector.TraversalSpec(name="view", path="view", skip=False, type=type(view))
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[walk])],
        propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=paths)],
    )
    options = collector.RetrieveOptions(maxObjects=size)
    page = content.propertyCollector.RetrievePropertiesEx([spec], options)
    while page is not None:
        yield page.objects
        if not page.token:
            break
        page = content.propertyCollector.ContinueRetrievePropertiesEx(page.token)
    view.Destroy()


def listing():
    started = time.monotonic()
    rows = []
    for page in pages(["name", "runtime.powerState", "config.hardware.device"], 500):
        for found in page:
            values = {prop.name: prop.val for prop in found.propSet}
            macs = [
                device.macAddress
                for device in values["config.hardware.device"]
                if isinstance(device, vim.vm.device.VirtualEthernetCard)
            ]
            rows.append((values["name"], values["runtime.powerState"], macs))
    return {
        "ms": (time.monotonic() - started) * 1000,
        "machines": len(rows),
        "macs": sum(len(macs) for _, _, macs in rows),
    }


print(json.dumps({"ready": True}), flush=True)
for _ in sys.stdin:
    print(json.dumps(listing()), flush=True)
Disconnect(site)
