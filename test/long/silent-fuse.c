/* A file system that never answers: it is mounted, and says nothing more. Usage: silent-fuse FOLDER; ends with its stdin. */
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void answer_init(int fd, const struct fuse_in_header *in) {
  struct {
    struct fuse_out_header head;
    struct fuse_init_out init;
  } out;
  memset(&out, 0, sizeof out);
  out.head.len = sizeof out;
  out.head.unique = in->unique;
  out.init.major = FUSE_KERNEL_VERSION;
  out.init.minor = FUSE_KERNEL_MINOR_VERSION;
  out.init.max_write = 4096;
  if (write(fd, &out, sizeof out) < 0) perror("init");
}

int main(int argc, char **argv) {
  static char request[1 << 20];
  char options[64];
  int fd = open("/dev/fuse", O_RDWR);
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
  if (argc < 2 || fd < 0 || mount("silent", argv[1], "fuse.silent", 0, options) < 0) {
    perror("silent-fuse");
    return 1;
  }
  puts("mounted");
  fflush(stdout);
  struct pollfd from[2] = {{.fd = 0, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
  for (;;) {
    poll(from, 2, -1);
    if (from[0].revents) break;
    if (read(fd, request, sizeof request) < 0) break;
    const struct fuse_in_header *in = (const struct fuse_in_header *)request;
    if (in->opcode == FUSE_INIT) answer_init(fd, in);
  }
  close(fd); /* which ends all that waits */
  return umount2(argv[1], MNT_DETACH);
}
