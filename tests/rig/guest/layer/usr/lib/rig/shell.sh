#!/bin/sh
# The root shell that the tests drive: each line names a script in the shared folder and the seconds that it may take;
# its output goes to a file there, and its status to the console.
share=/run/rig
stty raw -echo
echo ready
while read -r number limit; do
    timeout --kill-after=5 "$limit" sh "$share/$number.sh" >"$share/$number.out" 2>&1 </dev/null
    printf 'done %s %s\n' "$number" "$?"
done
