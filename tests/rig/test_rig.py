"""The rig itself: each thing that other tests rely on, shown once on a real container and a real virtual machine."""

import array
import functools
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.board import HEADER_CHIP, ON_HEADER
from tests.rig.container import Container
from tests.rig.host import RIG, need_rig, scratch
from tests.rig.images import download_debs
from tests.rig.machine import MachineError
from tests.rig.vm import VirtualMachine
from tests.rig.vm_image import make_disk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HANGING_UNIT = """
[Service]
Type=notify
WatchdogSec=1
WatchdogSignal=SIGKILL
Restart=always
RestartSec=0
StateDirectory=hanging
ProtectSystem=strict
ExecStart=/usr/bin/python3 -u /opt/hanging.py
"""

HANGING_PROGRAM = """
import os, pathlib, socket, time
count = pathlib.Path(os.environ["STATE_DIRECTORY"], "starts")
with count.open("a") as file:
    file.write("start\\n")
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.connect(os.environ["NOTIFY_SOCKET"])
manager.send(b"READY=1\\nSTATUS=awake")
while True:
    manager.send(b"WATCHDOG=1")
    time.sleep(0.1)
"""


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    need_rig()


@pytest.fixture(scope="module")
def box() -> Iterator[Container]:
    with Container() as container:
        yield container


@pytest.fixture(scope="module")
def vm() -> Iterator[VirtualMachine]:
    """A machine whose disk was prepared in a container, as a test of the installed program would prepare it."""
    with scratch("prepared") as folder:
        with Container(boot=False) as workshop:
            workshop.write("/srv/prepared", "in a container")
            make_disk(workshop.root, folder / "disk.img")
        with VirtualMachine(folder / "disk.img", boot=False) as machine:
            machine.put(RIG / "toy_sensor.py", "/opt/toy/toy_sensor.py")
            assert machine.boot() == "running"
            yield machine


def test_service_watchdog_restarts_a_hung_notify_unit(box: Container) -> None:
    box.write("/opt/hanging.py", HANGING_PROGRAM)
    box.write("/etc/systemd/system/hanging.service", HANGING_UNIT)
    box.check("systemctl daemon-reload && systemctl start hanging")
    before = box.unit("hanging.service")
    assert before["StatusText"] == "awake"
    box.check(["kill", "-STOP", before["MainPID"]])
    box.wait_for(lambda: box.unit("hanging.service")["NRestarts"] == "1", 15, "a restart")
    assert box.wait_for_unit("hanging.service", 15)["MainPID"] != before["MainPID"]
    assert any("Watchdog timeout" in message for message in box.messages("hanging.service"))


def test_service_state_directory_outlives_power_off_and_on(box: Container) -> None:
    box.write("/opt/hanging.py", HANGING_PROGRAM)
    unit = HANGING_UNIT.replace("hanging", "lasting").replace("/opt/lasting", "/opt/hanging")
    box.write("/etc/systemd/system/lasting.service", f"{unit}\n[Install]\nWantedBy=multi-user.target\n")
    box.check("systemctl enable --now lasting")
    first_boot, first_leader = box.read("/proc/sys/kernel/random/boot_id"), box.leader
    assert box.reboot() == "running"
    assert box.leader != first_leader
    box.wait_for_unit("lasting.service", 15)
    assert box.read("/var/lib/lasting/starts") == "start\nstart\n"
    assert box.read("/proc/sys/kernel/random/boot_id") != first_boot


def test_service_sandbox_is_enforced(box: Container) -> None:
    sandboxed = "systemd-run --quiet --wait --collect --pipe"
    assert box.run(f"{sandboxed} -p ProtectSystem=strict touch /etc/x").status != 0
    assert box.run(f"{sandboxed} -p SystemCallFilter=~fchmodat chmod 600 /etc/hostname").status != 0
    listen = "python3 -c 'import socket; socket.socket(socket.AF_INET)'"
    assert box.run(f"{sandboxed} -p RestrictAddressFamilies=AF_UNIX {listen}").status != 0
    zero = "head -c 1 /dev/zero"
    assert box.run(f"{sandboxed} -p DevicePolicy=strict {zero}").status != 0
    assert box.run(f"{sandboxed} -p DevicePolicy=strict -p 'DeviceAllow=/dev/zero r' {zero}").status == 0
    assert box.run(f"{sandboxed} -p ProtectSystem=full touch /var/x").status == 0


def test_service_packages_install_without_a_network(tmp_path: Path) -> None:
    download_debs(["espeak-ng"], tmp_path / "debs")
    with Container() as fresh:
        assert fresh.check("ip -brief link").split()[0] == "lo"
        assert len(fresh.check("ip -brief link").splitlines()) == 1
        assert fresh.run("command -v espeak-ng").status != 0
        assert "open" in fresh.check("python3 -c 'import lgpio; print(lgpio.gpiochip_open.__name__)'")
        fresh.put(tmp_path / "debs", "/srv/debs")
        fresh.check("apt-get install --yes --quiet /srv/debs/*.deb", timeout_s=120)
        fresh.check("espeak-ng -w /tmp/spoken.wav ready")
        assert fresh.get("/tmp/spoken.wav", tmp_path / "spoken.wav").stat().st_size > 1000


def test_service_commands_that_take_too_long_are_ended(box: Container) -> None:
    with pytest.raises(TimeoutError, match="longer than"):
        box.run("echo begun; sleep 60", timeout_s=0.5)
    with pytest.raises(MachineError, match="ended with 3"):
        box.check("exit 3")
    assert not [line for line in box.check("ps -e -o args").splitlines() if line == "sleep 60"]


def has_lines(file: Path, count: int) -> bool:
    return file.exists() and len(file.read_text().splitlines()) >= count


def test_vm_disk_comes_from_a_container_and_files_go_both_ways(vm: VirtualMachine, tmp_path: Path) -> None:
    assert vm.read("/srv/prepared") == "in a container"
    modes = vm.check("stat -c %a / /tmp")
    (tmp_path / "folder").mkdir(mode=0o750)
    (tmp_path / "folder/file").write_text("there and back")
    vm.put(tmp_path / "folder", "/tmp/there/folder")
    assert vm.get("/tmp/there/folder", tmp_path / "back").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "back/file").read_text() == "there and back"
    assert vm.check("stat -c %a / /tmp") == modes


def test_vm_header_has_the_number_that_a_new_kernel_gives_it(vm: VirtualMachine) -> None:
    label = f"/sys/bus/gpio/devices/gpiochip{HEADER_CHIP}"
    assert "gpio-sim.1" in vm.check(["readlink", "-f", label])
    assert vm.run(["test", "-e", "/dev/gpiochip0"]).status == 0


def test_vm_output_line_follows_gpiozero(vm: VirtualMachine) -> None:
    vm.clear_gpio_edges()
    vm.python(f"{ON_HEADER}lamp = gpiozero.LED(17)\nfor _ in range(3):\n    lamp.on()\n    lamp.off()")
    edges = vm.gpio_edges(17)
    assert [edge.value for edge in edges] == [0, 1, 0, 1, 0, 1, 0]
    assert [edge.time_s for edge in edges] == sorted(edge.time_s for edge in edges)
    assert vm.gpio_edges(18) == []


def test_vm_button_press_reaches_gpiozero(vm: VirtualMachine) -> None:
    watch = f"""{ON_HEADER}
import pathlib
button, lamp = gpiozero.Button(27), gpiozero.LED(22)
ledger = pathlib.Path("/run/rig/ledger").open("w", buffering=1)
print("waiting", file=ledger)
for _ in range(2):
    button.wait_for_press()
    lamp.on()
    print("pressed", file=ledger)
    button.wait_for_release()
    lamp.off()
    print("released", file=ledger)
"""
    vm.write("/run/watch.py", watch)
    vm.clear_gpio_edges()
    environment = "PYTHONPATH=/opt/rig/site LG_WD=/run"
    vm.start("watch", f"{environment} exec python3 /run/watch.py")
    ledger = vm.share / "ledger"
    vm.wait_for(functools.partial(has_lines, ledger, 1), 60, "the program at its button")
    for lines in (3, 5):
        vm.press_button(27, hold_s=0.5)
        vm.wait_for(functools.partial(has_lines, ledger, lines), 30, "a press and a release")
    assert ledger.read_text().split() == ["waiting", *["pressed", "released"] * 2]
    assert [edge.value for edge in vm.gpio_edges(22)] == [0, 1, 0, 1, 0]


def test_vm_hardened_unit_reaches_its_pins_and_bus(vm: VirtualMachine) -> None:
    sandbox = (
        "-p User=pi -p DevicePolicy=closed -p ProtectSystem=strict -p ProtectProc=invisible -p RuntimeDirectory=lg"
    )
    environment = "-p Environment='PYTHONPATH=/opt/rig/site LG_WD=/run/lg'"
    run = f"systemd-run --quiet --wait --collect --pipe {sandbox} {environment}"
    lamp = f"python3 -c '{ON_HEADER}print(gpiozero.LED(17).value)'"
    assert "can not open gpiochip" in vm.run(f"{run} {lamp}").output
    assert vm.check(f"{run} -p DeviceAllow=char-gpiochip {lamp}").strip() == "0"
    bus = "python3 -c 'import os; os.open(\"/dev/i2c-1\", os.O_RDWR)'"
    assert "not permitted" in vm.run(f"{run} {bus}").output
    vm.check(f"{run} -p DeviceAllow=char-i2c {bus}")


def test_vm_i2c_bus_is_answered_by_python(vm: VirtualMachine) -> None:
    nobody = "from smbus2 import SMBus\nSMBus(1).read_byte(0x29)"
    with pytest.raises(MachineError, match="Errno 121"):
        vm.python(nobody)
    vm.connect_i2c("toy_sensor:make", "/opt/toy")
    try:
        assert " 29 " in vm.check("i2cdetect -y 1 0x20 0x2f")
        read = """
from smbus2 import SMBus, i2c_msg
with SMBus(1) as bus:
    ask, answer = i2c_msg.write(0x29, [0x01, 0x0F]), i2c_msg.read(0x29, 2)
    bus.i2c_rdwr(ask, answer)
    print(bytes(answer).hex())
"""
        assert vm.python(read).strip() == "eacc"
        driver = """
from VL53L1X import VL53L1X
sensor = VL53L1X(i2c_bus=1, i2c_address=0x29)
sensor.open()
sensor.set_timing(33000, 50)
sensor.start_ranging(0)
print(*[sensor.get_distance() for _ in range(4)])
"""
        assert vm.python(driver).split() == ["500"] * 4
    finally:
        vm.disconnect_i2c()
    with pytest.raises(MachineError, match="Errno 121"):
        vm.python(nobody)


def test_vm_hears_what_is_played(vm: VirtualMachine, tmp_path: Path) -> None:
    samples = array.array("h", [8000 if i // 40 % 2 else -8000 for i in range(24_000)])
    with wave.open(str(tmp_path / "tone.wav"), "wb") as tone:
        tone.setparams((1, 2, 24_000, 0, "NONE", ""))
        tone.writeframes(samples.tobytes())
    vm.put(tmp_path / "tone.wav", "/run/tone.wav")
    vm.start_recording()
    vm.check("aplay -q /run/tone.wav")
    with wave.open(str(vm.stop_recording(tmp_path / "heard.wav"))) as heard:
        assert heard.getframerate() == 48_000
        loud = [sample for sample in array.array("h", heard.readframes(heard.getnframes())) if abs(sample) > 4000]
    assert len(loud) > 48_000, "a second in two channels, less what was lost to the emulated clock"


def test_vm_full_disk_and_memory_limit(vm: VirtualMachine) -> None:
    vm.fill_disk()
    assert vm.run("echo more >/var/tmp/more").status != 0
    vm.free_disk()
    vm.check("echo more >/var/tmp/more")
    hungry = "python3 -c 'bytearray(100 << 20)'"
    run = "systemd-run --quiet --wait --collect --pipe -p MemoryMax"
    assert vm.run(f"{run}=40M -p MemorySwapMax=0 {hungry}").status != 0
    vm.check(f"{run}=200M {hungry}")


def test_vm_power_cut_keeps_what_was_synced(vm: VirtualMachine) -> None:
    writer = """
import os
for number in range(1000):
    with open("/var/lib/synced", "a") as kept, open("/var/lib/unsynced", "a") as risked:
        risked.write(f"{number}\\n")
        kept.write(f"{number}\\n")
        kept.flush()
        os.fsync(kept.fileno())
    print(number, file=open("/run/rig/announced", "a"))
"""
    vm.write("/run/writer.py", writer)
    vm.start("writer", ["python3", "/run/writer.py"])
    announced = vm.share / "announced"
    vm.wait_for(functools.partial(has_lines, announced, 20), 60, "20 records")
    vm.power_cut()
    assert not vm.running
    told = announced.read_text().splitlines()
    assert vm.boot() == "running"
    kept = vm.read("/var/lib/synced").splitlines()
    assert kept[: len(told)] == told
    assert len(kept) <= len(told) + 1
    unsynced = vm.run("wc -l </var/lib/unsynced")
    print(f"{len(told)} announced, {len(kept)} synced records kept; without fsync: {unsynced.output.strip()}")


def test_vm_hardware_watchdog_resets_a_crashed_kernel(vm: VirtualMachine) -> None:
    vm.write("/run/systemd/system.conf.d/watchdog.conf", "[Manager]\nRuntimeWatchdogSec=4\n")
    vm.check("systemctl daemon-reexec")
    vm.run("(sleep 1; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &")
    assert vm.boot_after_reset() == "running"
