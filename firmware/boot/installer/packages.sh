# shellcheck shell=sh
# Debian packages: from the archive, as a little repository that apt resolves itself, so that nothing which is newer
# here is touched; or from the network.

wanted_packages() {
    echo espeak-ng alsa-utils avahi-daemon
    # A venv with pip in it, for the checkout; the archive brings its own pip.
    [ "$from" = archive ] || /usr/bin/python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
    # Another distribution of that name on the package index has no functions in it: ask for what is used.
    /usr/bin/python3 -c 'import lgpio; lgpio.gpiochip_open' 2>/dev/null || echo python3-lgpio
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

installed_packages() { dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u; }

install_packages() {
    missing=''
    for package in $(wanted_packages); do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "install packages:$missing"
    [ -z "$dry_run" ] || return 0
    installed_packages >"$work/before"
    trap 'record_packages; clean_up $?' EXIT
    if [ "$from" = archive ] && apt_offline; then
        :
    else
        apt_online
    fi
    record_packages
    trap 'clean_up $?' EXIT
}

# What apt brought, even where it stopped half-way.
record_packages() {
    installed_packages | comm -13 "$work/before" - >"$work/new"
    while read -r package; do
        did package "$package"
    done <"$work/new"
}

apt_offline() {
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    # By a link without spaces, whatever the archive's folder is called.
    ln -s "$root/debs" "$work/debs"
    echo "deb [trusted=yes] file:$work/debs ./" >"$work/sources.list"
    set -- -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/lists" \
        -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root
    apt_get "$@" update >>"$log" 2>&1 || return 1
    # shellcheck disable=SC2086 # a list of names
    apt_get "$@" install $missing >>"$log" 2>&1
}

apt_online() {
    say "take them from the network"
    apt_get update >>"$log" 2>&1 || die "no package lists: connect the box to the internet ($log tells more)"
    # shellcheck disable=SC2086 # a list of names
    apt_get install $missing >>"$log" 2>&1 ||
        die "cannot install$missing: connect the box to the internet and try: sudo apt install$missing"
}

# A new box may be busy with its own updates: wait for them.
apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes --no-install-recommends --no-upgrade \
        -o DPkg::Lock::Timeout=300 "$@"
}

# What was recorded, unless something that came later needs it.
remove_packages() {
    # shellcheck disable=SC2046 # a list of names
    set -- $(values_of package | while read -r package; do
        is_installed "$package" && echo "$package"
    done)
    [ $# != 0 ] || return 0
    apt-get --simulate purge "$@" | sed -n 's/^\(Purg\|Remv\) \([^ ]*\) .*/\2/p' | sort -u >"$work/going"
    values_of package | sort -u >"$work/ours"
    others=$(comm -23 "$work/going" "$work/ours" | tr '\n' ' ')
    if [ -n "$others" ]; then
        say "keep the packages $*: needed by $others"
    else
        step "remove packages: $*" quietly apt_get purge "$@"
    fi
    forget package
}
