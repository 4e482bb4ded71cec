# shellcheck shell=sh
# What the firmware, the kernel and systemd must know at power-on.

boot_folder=/boot/firmware
config_txt=$boot_folder/config.txt
cmdline_txt=$boot_folder/cmdline.txt
# The Pi's firmware switches memory limits off, so MemoryMax= of the units would mean nothing.
cmdline_word='cgroup_enable=memory'
begin_mark='# Retro Timer: begin (made by install.sh, taken out by install.sh --uninstall)'
end_mark='# Retro Timer: end'
reboot_needed=''

configure_boot() {
    put_file "$root/firmware/boot/modules-load.conf" /etc/modules-load.d/retro-timer.conf
    put_file "$root/firmware/boot/watchdog.conf" /etc/systemd/system.conf.d/retro-timer.conf
    put_file "$root/firmware/boot/stick.rules" /etc/udev/rules.d/70-retro-timer-stick.rules
    put_file "$root/firmware/boot/tmpfiles.conf" /etc/tmpfiles.d/retro-timer.conf
    step "make the folders in which the timer and its page meet" quietly systemd-tmpfiles --create retro-timer.conf
    if [ ! -f "$config_txt" ]; then
        say "no $config_txt, so this is no Raspberry Pi: no boot configuration"
        return 0
    fi
    make_fragment
    cmp -s "$work/retro-timer.txt" "$boot_folder/retro-timer.txt" || reboot_needed=yes
    put_file "$work/retro-timer.txt" "$boot_folder/retro-timer.txt"
    include_fragment
    enable_memory_limits
}

# From the settings in force, which may have other pins than those delivered.
make_fragment() {
    if [ -n "$dry_run" ]; then
        cp "$root/firmware/boot/retro-timer.txt" "$work"
        return 0
    fi
    "${new:-$in_use}/bin/retro-timer" wiring --config "$settings_folder/config.toml" --boot \
        >"$work/retro-timer.txt" 2>"$work/complaint" || die "$(cat "$work/complaint"); mend it and start again"
}

include_fragment() {
    grep -q '^[[:space:]]*include[[:space:]]*retro-timer\.txt' "$config_txt" && return 0
    did config-before "$(checksum "$config_txt")"
    step "include it at the end of $config_txt" append_include
    reboot_needed=yes
}

append_include() {
    cp "$config_txt" "$work/config.txt"
    [ -z "$(tail -c 1 "$config_txt")" ] || echo >>"$work/config.txt"
    printf '%s\n' "$begin_mark" '[all]' 'include retro-timer.txt' "$end_mark" >>"$work/config.txt"
    replace_boot_file "$work/config.txt" "$config_txt"
}

remove_include() {
    grep -qxF "$begin_mark" "$config_txt" 2>/dev/null || return 0
    grep -qxF "$end_mark" "$config_txt" ||
        die "$config_txt was edited: delete from '$begin_mark' to 'include retro-timer.txt' by hand"
    step "take the include out of $config_txt" cut_include
    forget config-before
    reboot_needed=yes
}

cut_include() {
    sed "/^$begin_mark\$/,/^$end_mark\$/d" "$config_txt" >"$work/config.txt"
    # A last line without an end got one for the include.
    head -c -1 "$work/config.txt" >"$work/shorter"
    if [ "$(checksum "$work/shorter")" = "$(values_of config-before | tail -n 1)" ]; then
        mv "$work/shorter" "$work/config.txt"
    fi
    replace_boot_file "$work/config.txt" "$config_txt"
}

enable_memory_limits() {
    if [ ! -f "$cmdline_txt" ] || grep -qwF "$cmdline_word" "$cmdline_txt"; then return 0; fi
    step "let the kernel limit memory: $cmdline_word in $cmdline_txt" edit_cmdline "1s/\$/ $cmdline_word/"
    did cmdline "$cmdline_word"
    reboot_needed=yes
}

disable_memory_limits() {
    was_done cmdline "$cmdline_word" || return 0
    step "take $cmdline_word out of $cmdline_txt" edit_cmdline "1s/ $cmdline_word//"
    forget cmdline
    reboot_needed=yes
}

edit_cmdline() {
    sed "$1" "$cmdline_txt" >"$work/cmdline.txt"
    replace_boot_file "$work/cmdline.txt" "$cmdline_txt"
}

# In one step: a box whose boot files are cut off by a power cut may not boot.
replace_boot_file() {
    cp "$1" "$2.new"
    chmod --reference="$2" "$2.new"
    sync "$2.new"
    mv "$2.new" "$2"
    sync "$boot_folder"
}

checksum() { sha256sum <"$1" | cut -d ' ' -f 1; }
