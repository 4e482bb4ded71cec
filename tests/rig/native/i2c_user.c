// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * An I2C bus of the kernel's own kind whose devices are answered by a process: the adapter appears as /dev/i2c-1, and
 * each transfer on it is read from /dev/i2c-user as
 *
 *	u32 number, u16 address, u16 bytes written, u16 bytes wanted, u16 0, then the bytes written
 *
 * and answered by writing
 *
 *	u32 number, s32 status (0 or a negative errno), then the bytes wanted
 *
 * A write followed by a read at the same address is one transfer, as a register read is. Without a process every
 * transfer fails as on a bus where nothing answers, with the errno of the Raspberry Pi's driver.
 */
#include <linux/i2c.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define NO_ANSWER (-EREMOTEIO)

struct request_header {
	u32 number;
	u16 address, write_len, read_len, unused;
};

struct reply_header {
	u32 number;
	s32 status;
};

static int timeout_ms = 10000;
module_param(timeout_ms, int, 0644);
MODULE_PARM_DESC(timeout_ms, "how long a transfer waits for its answer");

static DEFINE_MUTEX(lock);			/* everything below */
static DECLARE_WAIT_QUEUE_HEAD(requested);	/* the process waits here */
static DECLARE_WAIT_QUEUE_HEAD(answered);	/* the transfer waits here */
static struct request_header request;
static struct i2c_msg *write_msg, *read_msg;
static bool served, pending, done;
static int status;

/* Hand one transfer to the process and wait for its answer. */
static int serve(struct i2c_adapter *adapter, struct i2c_msg *w, struct i2c_msg *r)
{
	long left;
	int result;

	mutex_lock(&lock);
	if (!served) {
		mutex_unlock(&lock);
		return NO_ANSWER;
	}
	request.number++;
	request.address = w ? w->addr : r->addr;
	request.write_len = w ? w->len : 0;
	request.read_len = r ? r->len : 0;
	write_msg = w;
	read_msg = r;
	done = false;
	pending = true;
	mutex_unlock(&lock);

	wake_up_interruptible(&requested);
	left = wait_event_killable_timeout(answered, READ_ONCE(done), adapter->timeout);

	mutex_lock(&lock);
	result = done ? status : left < 0 ? -EINTR : -ETIMEDOUT;
	write_msg = read_msg = NULL;
	pending = false;
	done = false;
	mutex_unlock(&lock);
	return result;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int count)
{
	int i = 0, result;

	while (i < count) {
		struct i2c_msg *w = msgs[i].flags & I2C_M_RD ? NULL : &msgs[i++];
		struct i2c_msg *r = NULL;

		if (i < count && msgs[i].flags & I2C_M_RD && (!w || w->addr == msgs[i].addr))
			r = &msgs[i++];
		result = serve(adapter, w, r);
		if (result < 0)
			return result;
	}
	return count;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static ssize_t user_read(struct file *file, char __user *to, size_t size, loff_t *offset)
{
	ssize_t result = wait_event_interruptible(requested, READ_ONCE(pending));

	if (result)
		return result;
	mutex_lock(&lock);
	if (!pending)
		result = -EAGAIN;
	else if (size < sizeof(request) + request.write_len)
		result = -EMSGSIZE;
	else if (copy_to_user(to, &request, sizeof(request)) ||
		 (write_msg && copy_to_user(to + sizeof(request), write_msg->buf, write_msg->len)))
		result = -EFAULT;
	else
		result = sizeof(request) + request.write_len;
	pending = false;
	mutex_unlock(&lock);
	return result;
}

static ssize_t user_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	struct reply_header reply;
	ssize_t result = size;

	if (size < sizeof(reply) || copy_from_user(&reply, from, sizeof(reply)))
		return -EINVAL;
	mutex_lock(&lock);
	if (reply.number != request.number || (!write_msg && !read_msg)) {
		result = -ESTALE;	/* nobody waits for it any more */
	} else {
		status = reply.status < 0 ? reply.status : 0;
		if (!status && read_msg &&
		    (size - sizeof(reply) != read_msg->len ||
		     copy_from_user(read_msg->buf, from + sizeof(reply), read_msg->len))) {
			status = NO_ANSWER;
			result = -EINVAL;
		}
		done = true;
		wake_up(&answered);
	}
	mutex_unlock(&lock);
	return result;
}

static __poll_t user_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &requested, table);
	return READ_ONCE(pending) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int user_open(struct inode *inode, struct file *file)
{
	int result = 0;

	mutex_lock(&lock);
	if (served)
		result = -EBUSY;
	served = true;
	mutex_unlock(&lock);
	return result;
}

static int user_release(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	served = false;
	pending = false;
	if (write_msg || read_msg) {
		status = NO_ANSWER;
		done = true;
		wake_up(&answered);
	}
	mutex_unlock(&lock);
	return 0;
}

static const struct file_operations user_operations = {
	.owner = THIS_MODULE,
	.open = user_open,
	.release = user_release,
	.read = user_read,
	.write = user_write,
	.poll = user_poll,
};

static struct miscdevice user_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "i2c-user",
	.fops = &user_operations,
	.mode = 0600,
};

static const struct i2c_algorithm algorithm = {
	.master_xfer = transfer,
	.functionality = functionality,
};

static struct i2c_adapter bus = {
	.owner = THIS_MODULE,
	.name = "bcm2835 (i2c@7e804000)",
	.algo = &algorithm,
	.nr = 1,
};

static int __init start(void)
{
	int result = misc_register(&user_device);

	if (result)
		return result;
	bus.timeout = msecs_to_jiffies(timeout_ms);
	result = i2c_add_numbered_adapter(&bus);
	if (result)
		misc_deregister(&user_device);
	return result;
}

static void __exit stop(void)
{
	i2c_del_adapter(&bus);
	misc_deregister(&user_device);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("I2C bus whose devices are answered by a process");
MODULE_LICENSE("Dual MIT/GPL");
