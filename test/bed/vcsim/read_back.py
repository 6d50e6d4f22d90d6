"""Says what a site has, as pyvmomi sees it: a client that shares no code with ours.

Takes {"host", "port", "user", "password", "machine"} as JSON on standard input and prints JSON.
"""
import json
import ssl
import sys
import time

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

asked = json.load(sys.stdin)
site = SmartConnect(
    host=asked["host"],
    port=int(asked["port"]),
    user=asked["user"],
    pwd=asked["password"],
    sslContext=ssl._create_unverified_context(),
)
content = site.RetrieveContent()


def everything(kind):
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    found = list(view.view)
    view.Destroy()
    return found


def device_of(device):
    return {
        "type": type(device).__name__,
        "key": device.key,
        "mac": getattr(device, "macAddress", None),
        "addressType": getattr(device, "addressType", None),
        "network": getattr(device.backing, "deviceName", None),
        "capacityKB": getattr(device, "capacityInKB", None),
        "thin": getattr(device.backing, "thinProvisioned", None),
        "file": getattr(device.backing, "fileName", None),
        "startConnected": device.connectable and device.connectable.startConnected,
    }


def boot_of(device):
    return {"type": type(device).__name__, "key": getattr(device, "deviceKey", None)}


def machine_of(vm):
    config = vm.config
    return {
        "name": vm.name,
        "power": vm.runtime.powerState,
        "instanceUuid": config.instanceUuid,
        "uuid": config.uuid,
        "cpus": config.hardware.numCPU,
        "memory": config.hardware.memoryMB,
        "firmware": config.firmware,
        "annotation": config.annotation,
        "nested": config.nestedHVEnabled,
        "extra": {option.key: option.value for option in config.extraConfig},
        "boot": [boot_of(device) for device in config.bootOptions.bootOrder],
        "devices": [device_of(device) for device in config.hardware.device],
        "snapshots": [tree.name for tree in vm.snapshot.rootSnapshotList] if vm.snapshot else [],
    }


def portgroup_of(portgroup):
    security = portgroup.spec.policy.security
    return {
        "name": portgroup.spec.name,
        "switch": portgroup.spec.vswitchName,
        "vlan": portgroup.spec.vlanId,
        "promiscuous": security and security.allowPromiscuous,
        "forged": security and security.forgedTransmits,
        "mac": security and security.macChanges,
    }


def files_of(datastore):
    spec = vim.host.DatastoreBrowser.SearchSpec(
        matchPattern=["*"],
        details=vim.host.DatastoreBrowser.FileInfo.Details(
            fileType=False, fileSize=True, modification=False
        ),
    )
    root = "[%s]" % datastore.name
    task = datastore.browser.SearchDatastoreSubFolders_Task(root, spec)
    while task.info.state not in ("success", "error"):
        time.sleep(0.05)
    # Behind the bracket there is a blank, a slash or nothing, as the folder was asked for.
    return sorted(
        "%s/%s %d" % (found.folderPath.replace("] ", "]").replace("]/", "]"), file.path, file.fileSize or 0)
        for found in task.info.result
        for file in found.file
        if not isinstance(file, vim.host.DatastoreBrowser.FolderInfo)
    )


machines = [vm for vm in everything(vim.VirtualMachine) if vm.name == asked["machine"]]
networks = [host.configManager.networkSystem.networkInfo for host in everything(vim.HostSystem)]
print(
    json.dumps(
        {
            "machines": [machine_of(vm) for vm in machines],
            "portgroups": [portgroup_of(pg) for net in networks for pg in net.portgroup],
            "switches": [switch.name for net in networks for switch in net.vswitch],
            "files": [file for ds in everything(vim.Datastore) for file in files_of(ds)],
        }
    )
)
Disconnect(site)
