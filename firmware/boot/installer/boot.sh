# shellcheck shell=sh
# What the firmware, the kernel and systemd must know at power-on.

boot_folder=/boot/firmware
config_txt=$boot_folder/config.txt
begin_mark='# Retro Timer: begin (made by install.sh, taken out by install.sh --uninstall)'
end_mark='# Retro Timer: end'
reboot_needed=''

configure_boot() {
    put_file "$root/firmware/boot/modules-load.conf" /etc/modules-load.d/retro-timer.conf
    put_file "$root/firmware/boot/watchdog.conf" /etc/systemd/system.conf.d/retro-timer.conf
    if [ ! -f "$config_txt" ]; then
        say "no $config_txt, so this is no Raspberry Pi: no boot configuration"
        return 0
    fi
    make_fragment
    cmp -s "$work/retro-timer.txt" "$boot_folder/retro-timer.txt" || reboot_needed=yes
    put_file "$work/retro-timer.txt" "$boot_folder/retro-timer.txt"
    include_fragment
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
    replace_config
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
    [ "$(checksum "$work/shorter")" != "$(values_of config-before | tail -n 1)" ] || mv "$work/shorter" "$work/config.txt"
    replace_config
}

# In one step: a box whose config.txt is cut off by a power cut may not boot.
replace_config() {
    cp "$work/config.txt" "$config_txt.new"
    chmod --reference="$config_txt" "$config_txt.new"
    sync "$config_txt.new"
    mv "$config_txt.new" "$config_txt"
    sync "$boot_folder"
}

checksum() { sha256sum <"$1" | cut -d ' ' -f 1; }
