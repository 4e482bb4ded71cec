# shellcheck shell=sh
# An upgrade that does not come up is taken back: program, units and boot files as they were, and the results too, for
# a newer version may have changed the database into one that the older cannot read.

kept=$home/before
results=/var/lib/retro-timer
old=''
switched=''
results_kept=''

prepare_going_back() {
    old=$(readlink "$in_use" 2>/dev/null || :)
    if [ -z "$old" ] || [ -n "$dry_run" ]; then return 0; fi
    rm -rf "$kept"
    mkdir -m 700 "$kept"
    mkdir "$kept/files" "$kept/results"
    : >"$kept/absent"
}

# A file that is about to be written.
keep_for_going_back() {
    if [ -n "$dry_run" ] || [ ! -d "$kept" ]; then return 0; fi
    if [ -e "$1" ]; then
        mkdir -p "$kept/files$(dirname "$1")"
        cp -p "$1" "$kept/files$1"
    else
        say "$1" >>"$kept/absent"
    fi
}

# While nobody writes to them.
keep_results() {
    if [ -n "$dry_run" ] || [ ! -d "$kept" ] || [ ! -d "$results" ]; then return 0; fi
    find "$results" -maxdepth 1 -type f -exec cp -p -t "$kept/results" '{}' +
    results_kept=yes
}

# Whatever stopped the installation: the program that worked works on.
undo_half_done() {
    if [ -n "$switched" ] && [ -n "$old" ]; then
        go_back
    fi
    if [ -n "$new" ] && [ "$(readlink "$in_use" 2>/dev/null)" != "$new" ]; then
        rm -rf "$new"
    fi
}

go_back() {
    # One step that fails is no reason to leave out the others.
    set +e
    switched=''
    say "go back to $(basename "$old")"
    stop_service
    point_to "$old"
    (cd "$kept/files" && find . -type f -exec cp -p --parents -t / '{}' +)
    while read -r file; do rm -f "$file"; done <"$kept/absent"
    [ -z "$results_kept" ] || restore_results
    systemctl daemon-reload
    systemctl start --no-block "$service"
    ! systemctl --quiet is-enabled "$page_service" 2>/dev/null || systemctl start --no-block "$page_service"
    if comes_up; then
        say "$(basename "$old") runs again"
    else
        say "$(basename "$old") does not come up either: $(last_words)"
    fi
}

# What the new version wrote is set aside, not thrown away.
restore_results() {
    aside=$results/set-aside-$(basename "${new:-$old}")
    # It may be of a schema that the older version cannot read, and have all that the log has.
    rm -f "$results/snapshot/results.db"
    for file in "$results"/*; do
        name=$(basename "$file")
        if [ ! -f "$file" ] || cmp -s "$file" "$kept/results/$name"; then continue; fi
        mkdir -p "$aside"
        mv "$file" "$aside/$name"
    done
    cp -p "$kept"/results/* "$results" 2>/dev/null || :
    [ ! -d "$aside" ] || say "results as they were before; what the new version wrote is in $aside"
}
