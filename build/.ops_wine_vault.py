# a one-off look: the real WinVault keyring and schtasks under Wine
import os, sys, tempfile, pathlib

sys.path.insert(0, os.getcwd())
from app.vault import Vault
from app.vault.keys import SystemKeyring

ring = SystemKeyring()
print("ring", ring.name)
folder = pathlib.Path(tempfile.mkdtemp()) / "Zoë Müller"
v = Vault(folder)
v.keep("aws", "secret ü")
print("fetched", Vault(folder).fetch("aws") == "secret ü")
print("rotated", Vault(folder).rotate(), Vault(folder).fetch("aws") == "secret ü")
print("status", Vault(folder).status().protection, Vault(folder).status().trouble)
from app.schedule.taskscheduler import TaskScheduler, account

print("account", account())
from app.schedule import Book, Job, Schedule, Timing, new
from app.schedule.conditions import Computer

c = Computer()
print("battery", c.on_battery(), "network", c.has_network(), "on since", c.switched_on())
b = Book(folder / "schedules")
s = new("weekly", Timing("week", "06:00", ("mon",)), Job(files=(str(folder),)))
b.add(s)
print("installed", b.clock.installed("weekly"))
root = pathlib.Path(os.environ["SYSTEMROOT"]) / "System32" / "Tasks"
print([p.name for p in root.iterdir()])
b.remove("weekly")
print("installed", b.clock.installed("weekly"))
