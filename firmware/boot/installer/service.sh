# shellcheck shell=sh
# The units: written, enabled, started, and waited for until the timer says that it is ready.

service=retro-timer.service
page_service=retro-timer-page.service
page_socket=retro-timer-portal.socket
changed=''
READY_WITHIN_S=90
STAYS_UP_S=5
MOST_RESTARTS=5

install_units() {
    for unit in "$root"/systemd/*; do
        put_file "$unit" "/etc/systemd/system/$(basename "$unit")"
    done
    [ -n "$dry_run" ] || systemctl daemon-reload
}

start_service() {
    starting=''
    for unit in "$root"/systemd/*; do
        grep -q '^\[Install\]' "$unit" || continue
        unit=$(basename "$unit")
        enable_unit "$unit"
        # What somebody switched off stays off, but for the timer itself: whether it comes up decides.
        # The page brings its socket with it, which would not start after it.
        [ "$unit" != "$page_socket" ] || continue
        if [ "$unit" = "$service" ] || systemctl --quiet is-enabled "$unit" 2>/dev/null; then starting="$starting $unit"; fi
    done
    # A first start without the bus would only sound the alarm of a box that cannot see.
    if [ -n "$reboot_needed" ] && [ -z "$old" ]; then return 0; fi
    if [ -z "$changed" ] && systemctl --quiet is-active "$service"; then return 0; fi
    # shellcheck disable=SC2086 # a list of names
    step "start the timer and wait until it is ready" systemctl restart --no-block $starting
    [ -n "$dry_run" ] || comes_up || give_up
    switched=''
}

# What somebody switched off after an earlier installation stays off.
enable_unit() {
    if was_done enabled "$1" || systemctl --quiet is-enabled "$1" 2>/dev/null; then return 0; fi
    step "enable $1" quietly systemctl enable "$1"
    did enabled "$1"
}

# The other computers of the network find the box by its name, such as raspberrypi.local.
announce_host_name() {
    enable_unit avahi-daemon.service
    systemctl --quiet is-active avahi-daemon.service 2>/dev/null ||
        step "announce the name $(hostname).local" quietly systemctl start avahi-daemon.service
}

stop_service() {
    [ -n "$dry_run" ] || systemctl stop "$page_service" "$page_socket" 2>/dev/null || :
    ! systemctl --quiet is-active "$service" || step "stop the timer" systemctl stop "$service"
    # One that waits for its next restart is not active, and would start in the middle.
    [ -n "$dry_run" ] || systemctl stop "$service" 2>/dev/null || :
}

# Ready, and still there a moment later.
comes_up() {
    until_s=$(($(uptime_s) + READY_WITHIN_S))
    while [ "$(uptime_s)" -lt "$until_s" ]; do
        restarts=$(property NRestarts)
        if [ "$(property ActiveState)" = active ]; then
            sleep "$STAYS_UP_S"
            if [ "$(property ActiveState)" = active ] && [ "$(property NRestarts)" = "$restarts" ]; then return 0; fi
        fi
        [ "$restarts" -lt "$MOST_RESTARTS" ] || return 1
        sleep 1
    done
    return 1
}

property() { systemctl show --value --property "$1" "$service"; }

# Not the wall clock, which jumps when the network tells a new box the time.
uptime_s() { cut -d . -f 1 /proc/uptime; }

give_up() {
    why=$(last_words)
    if [ -n "$old" ]; then
        say "Retro Timer $version does not come up: $why"
        go_back
        die "Retro Timer $version was not installed; more: journalctl --unit=$service"
    fi
    die "Retro Timer $version does not come up: $why; more: journalctl --unit=$service"
}

# The program's own, not systemd's about it.
last_words() { journalctl --quiet --output=cat --lines=1 _SYSTEMD_UNIT="$service" | cut -c 1-300; }
