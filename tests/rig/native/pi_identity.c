// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The part of a Raspberry Pi's /proc/device-tree by which programs learn which board they are on: a Pi 4B.
 *
 * A file mounted over /proc/cpuinfo would not do: a unit with ProtectProc= gets a new /proc, without that mount.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static struct proc_dir_entry *tree;

static int show_model(struct seq_file *file, void *unused)
{
	seq_write(file, "Raspberry Pi 4 Model B Rev 1.1", 31);
	return 0;
}

static int show_compatible(struct seq_file *file, void *unused)
{
	seq_write(file, "raspberrypi,4-model-b\0brcm,bcm2711", 35);
	return 0;
}

static int show_revision(struct seq_file *file, void *unused)
{
	seq_write(file, "\x00\xc0\x31\x11", 4);	/* c03111, big-endian */
	return 0;
}

static int __init start(void)
{
	struct proc_dir_entry *system;

	tree = proc_mkdir("device-tree", NULL);
	if (!tree)
		return -ENOMEM;
	system = proc_mkdir("system", tree);
	if (!system || !proc_create_single("model", 0444, tree, show_model) ||
	    !proc_create_single("compatible", 0444, tree, show_compatible) ||
	    !proc_create_single("linux,revision", 0444, system, show_revision)) {
		proc_remove(tree);
		return -ENOMEM;
	}
	return 0;
}

static void __exit stop(void)
{
	proc_remove(tree);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("Says that this is a Raspberry Pi 4B");
MODULE_LICENSE("Dual MIT/GPL");
