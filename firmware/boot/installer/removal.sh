# shellcheck shell=sh
# Takes back what the record names, last things first.

page_state=/var/lib/retro-timer-page

remove_all() {
    if [ ! -f "$record" ]; then
        say "nothing to take back: $record is not there"
        return 0
    fi
    disable_units
    remove_packages
    remove_groups
    remove_include
    disable_memory_limits
    remove_files
    remove_network
    [ ! -d "$home" ] || step "remove $home" rm -rf "$home" /var/cache/retro-timer
    [ -n "$dry_run" ] || systemctl daemon-reload
    if [ "$task" = purge ]; then
        remove_results
    else
        say "kept: settings in $settings_folder, results in $results, the users $user and $page_user (--purge removes them)"
    fi
    remove_folders
    [ -z "$reboot_needed" ] || say "reboot, so that the firmware forgets it too: sudo reboot"
}

# The socket before the page: a phone's question would start it again.
disable_units() {
    for unit in $(values_of enabled | tac); do
        step "stop and disable $unit" quietly systemctl disable --now "$unit"
    done
    forget enabled
}

remove_files() {
    for file in $(values_of file); do
        if [ -e "$file" ] || [ -L "$file" ]; then step "remove $file" rm -f "$file"; fi
    done
    forget file
    for file in $(values_of replaced); do
        [ ! -e "$file.before-retro-timer" ] || step "put back $file" mv "$file.before-retro-timer" "$file"
    done
    forget replaced
}

remove_results() {
    remove_user
    for file in $(values_of settings); do
        step "remove $file" rm -f "$file"
    done
    step "remove the results in $results" rm -rf "$results"
    step "forget who is paired with the page" rm -rf "$page_state" /run/retro-timer-page
    values_of folder >"$work/folders"
    step "remove the settings in $settings_folder" rm -rf "$settings_folder"
}

# Only those that were made here, and are empty now.
remove_folders() {
    [ -f "$work/folders" ] || values_of folder >"$work/folders"
    [ -z "$dry_run" ] || return 0
    sort -r "$work/folders" | while read -r folder; do
        [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
        [ -d "$folder" ] || [ ! -f "$record" ] || sed -i "\\|^folder $folder\$|d" "$record"
    done
}
