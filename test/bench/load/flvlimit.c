// flvlimit: the least a fan-out server can do. FLV on stdin -> pre-framed chunks in one shared ring -> N sockets.
// --port P --merge MS (0: one write per tag per viewer) --sendfile (ring in a memfd, sendfile instead of send)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>
typedef uint8_t u8; typedef uint64_t u64; typedef uint32_t u32;
static const u64 R = 64 << 20; static u8 *ring; static int mfd; static u64 head, keyoff; static u8 pre[65536]; static u32 pren;
static int sf; static struct cl { int fd; u64 off; int st; } cl[20000]; static int ncl; static int ep;
static void put(const void *p, u32 n) { const u8 *b = p; while (n) { u64 o = head % R; u32 m = n < R - o ? n : R - o; memcpy(ring + o, b, m); b += m; n -= m; head += m; } }
static void drop(int i) { close(cl[i].fd); cl[i] = cl[--ncl]; }
static int flush1(int i) {
  struct cl *c = &cl[i]; if (!c->st) return 0;
  if (head - c->off > R / 2) { drop(i); return 1; }
  while (c->off < head) {
    u64 o = c->off % R, n = head - c->off; ssize_t r;
    if (sf) { off_t of = o; r = sendfile(c->fd, mfd, &of, n < R - o ? n : R - o); }
    else if (n <= R - o) r = send(c->fd, ring + o, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    else { struct iovec v[2] = {{ring + o, R - o}, {ring, n - (R - o)}}; r = writev(c->fd, v, 2); }
    if (r < 0) { if (errno == EAGAIN) return 0; drop(i); return 1; }
    c->off += r;
  }
  return 0;
}
static void flushall(void) { for (int i = 0; i < ncl;) if (!flush1(i)) i++; }
static u8 in[8 << 20]; static u32 inn; static int hdr;
int main(int ac, char **av) {
  int port = 8090, merge = 0;
  for (int i = 1; i < ac; i++) { if (!strcmp(av[i], "--port")) port = atoi(av[++i]); else if (!strcmp(av[i], "--merge")) merge = atoi(av[++i]); else if (!strcmp(av[i], "--sendfile")) sf = 1; }
  struct rlimit files; getrlimit(RLIMIT_NOFILE, &files); files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files);
  mfd = memfd_create("ring", 0); if (ftruncate(mfd, R)) return 1; ring = mmap(0, R, 3, sf ? MAP_SHARED | MAP_POPULATE : MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, sf ? mfd : -1, 0);
  int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1; setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, 4);
  struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(port) }; inet_pton(AF_INET, "127.0.0.1", &sa.sin_addr);
  if (bind(l, (void *)&sa, sizeof sa) || listen(l, 4096)) { perror("bind"); return 1; }
  fcntl(0, F_SETFL, O_NONBLOCK); ep = epoll_create1(0);
  struct epoll_event e = { .events = EPOLLIN, .data.fd = 0 }; epoll_ctl(ep, EPOLL_CTL_ADD, 0, &e); e.data.fd = l; epoll_ctl(ep, EPOLL_CTL_ADD, l, &e);
  int tf = -1; if (merge) { tf = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK); struct itimerspec it = {{merge / 1000, merge % 1000 * 1000000L}, {0, merge * 1000000L % 1000000000}}; timerfd_settime(tf, 0, &it, 0); e.data.fd = tf; epoll_ctl(ep, EPOLL_CTL_ADD, tf, &e); }
  struct epoll_event ev[256];
  for (;;) {
    int n = epoll_wait(ep, ev, 256, -1);
    for (int k = 0; k < n; k++) {
      int fd = ev[k].data.fd;
      if (fd == 0) {
        ssize_t r = read(0, in + inn, sizeof in - inn); if (r == 0) return 0; if (r < 0) continue; inn += r;
        u32 p = 0; if (!hdr) { if (inn < 13) continue; hdr = 1; p = 13; char b[32]; pren = sprintf((char *)pre, "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nd\r\n"); memcpy(pre + pren, in, 13); pren += 13; memcpy(pre + pren, "\r\n", 2); pren += 2; (void)b; }
        int any = 0;
        while (inn - p >= 15) {
          u32 t = in[p + 1] << 16 | in[p + 2] << 8 | in[p + 3], tot = t + 15; if (inn - p < tot) break;
          u8 *b = in + p + 11; int ty = in[p], seq = ty == 18 || (b[1] == 0 && (ty == 9 || b[0] >> 4 == 10));
          char c[16]; int cn = sprintf(c, "%x\r\n", tot);
          if (seq) { memcpy(pre + pren, c, cn); pren += cn; memcpy(pre + pren, in + p, tot); pren += tot; memcpy(pre + pren, "\r\n", 2); pren += 2; }
          else { if (ty == 9 && b[0] >> 4 == 1) keyoff = head; put(c, cn); put(in + p, tot); put("\r\n", 2); any = 1; }
          p += tot; if (!merge && any) { flushall(); any = 0; }
        }
        memmove(in, in + p, inn - p); inn -= p;
      } else if (fd == l) { int c; while ((c = accept4(l, 0, 0, SOCK_NONBLOCK)) >= 0) { setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, 4); e.data.fd = c; e.events = EPOLLIN; epoll_ctl(ep, EPOLL_CTL_ADD, c, &e); cl[ncl++] = (struct cl){ c, 0, 0 }; } }
      else if (fd == tf) { u64 x; if (read(tf, &x, 8) > 0) flushall(); }
      else { char b[4096]; ssize_t r = read(fd, b, sizeof b); int i; for (i = ncl - 1; i >= 0; i--) if (cl[i].fd == fd) break; if (i < 0) continue; if (r <= 0) { drop(i); continue; } if (!cl[i].st) { cl[i].st = 1; cl[i].off = keyoff; if (write(fd, pre, pren) < 0) { drop(i); continue; } flush1(i); } }
    }
  }
}
