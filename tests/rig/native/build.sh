#!/bin/sh
# Run in a throw-away Debian root: make from the folder /src (downloads, sources) the folder /out:
#   vmlinuz, busybox        Debian's kernel, and a shell that needs no library
#   lib/modules/            the modules that the guest uses, with gpio-sim and the rig's own
#   debs/, site/            python3-lgpio as a package; gpiozero, smbus2 and VL53L1X unpacked, for the guest's Python
set -eu
export LC_ALL=C SOURCE_DATE_EPOCH=0
mkdir -p /out/debs /out/site /build/module /build/kernel /build/lgpio/DEBIAN /build/lgpio/usr/lib/python3/dist-packages
cd /build

echo "kernel and modules"
dpkg-deb -x /src/linux-image-*.deb kernel
version=$(basename kernel/lib/modules/*)
dpkg-deb --fsys-tarfile /src/linux-source-*.deb | tar -xOf - --wildcards './usr/src/*.tar.xz' >source.tar.xz
tar -C module -xJf source.tar.xz --strip-components=3 --wildcards --occurrence=1 --no-wildcards-match-slash \
    'linux-source-*/drivers/gpio/gpio-sim.c' 'linux-source-*/drivers/gpio/gpiolib.h' \
    'linux-source-*/kernel/irq/irq_sim.c'
# irq_to_desc is not exported to modules; generic_handle_irq does the same from outside the kernel.
sed -i 's/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq(irqnum);/' module/irq_sim.c
cp /src/Kbuild /src/*.c module/
make -s -C "/lib/modules/$version/build" M=/build/module modules
install -D -m 644 -t "kernel/lib/modules/$version/extra" module/*.ko
depmod -b kernel "$version"
for module in $(cat /src/modules.list /src/modules.later); do
    modprobe -d kernel -S "$version" --show-depends "$module" | sed -n "s,^insmod .*/lib/modules/,,p" | sed 's/ *$//'
done | awk '!seen[$0]++' >wanted
mkdir -p /out/lib/modules
(cd kernel/lib/modules && xargs cp --parents -t /out/lib/modules) <wanted
(cd kernel/lib/modules && cp --parents "$version"/modules.builtin* "$version"/modules.order -t /out/lib/modules)
depmod -b /out "$version"
cp kernel/boot/vmlinuz-* /out/vmlinuz
cp /bin/busybox /out/busybox

echo "Python packages"
PYPI=1 pip wheel --quiet --no-index --no-build-isolation --no-deps --wheel-dir wheels /src/*.tar.gz
for wheel in /src/gpiozero*.whl /src/colorzero*.whl /src/smbus2*.whl wheels/[vV]*.whl; do
    python3 -m zipfile -e "$wheel" /out/site
done
python3 -m zipfile -e wheels/lgpio*.whl lgpio/usr/lib/python3/dist-packages
cat >lgpio/DEBIAN/control <<END
Package: python3-lgpio
Version: 0.2.2-1~rig
Architecture: $(dpkg --print-architecture)
Maintainer: The test rig <root@localhost>
Depends: python3 (<< 3.12), python3 (>= 3.11), libc6
Description: lgpio for Python, as Raspberry Pi OS has it and Debian 12 has not
END
dpkg-deb --root-owner-group --build lgpio /out/debs/python3-lgpio_0.2.2-1~rig.deb
