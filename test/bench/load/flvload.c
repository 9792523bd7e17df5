// flvload: epoll HTTP-FLV viewer load generator (single thread). Prints one JSON object.
// cc -O2 -Wall -o flvload flvload.c
// Usage: flvload --port P --path /live/x.flv -n N [--host 127.0.0.1] [--rate conns/s] [--warm s]
//   [--win s] [--wins k] [--slow n --slow-kbps KiB/s] [--stalled n] [--sample K] [--pid PID]... [--aux PID]...
//   [--record FILE]
//   Every viewer is parsed (HTTP headers, chunked framing or close-delimited body, FLV header, tags,
//   PreviousTagSize) when --sample is 1 (default). With --sample K only every K-th viewer is parsed after its
//   first keyframe; the others are drained by recv(MSG_TRUNC), which copies nothing.
//   --record writes the body that the first slow viewer got, without its chunked framing.
//   A video tag whose last 21 bytes are "FLVT"+16 hex digits+0x80 carries its emission time
//   (CLOCK_MONOTONIC ns): its latency is (arrival of the last byte) - (emission).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int64_t i64; typedef uint64_t u64; typedef uint32_t u32; typedef uint8_t u8;
enum { CONNECTING, HDR, BODY, CLOSED };
enum { NORMAL, SLOW, STALLED };
typedef struct {
  int fd, st, kind, chunked, http, parse;
  char hb[2048]; int hn;
  int cst; u64 crem; int cdig; u64 chunks;          // chunked decoder
  int fst; u32 fhave; u8 fh[16]; u32 tsize, toff; int ttype; u8 first[5]; u8 tail[21]; u32 tts;
  i64 lastts[3]; i64 lastany; u64 tags, vtags, atags, bad, back, backany;
  i64 t0, tfirst, tmeta, tvseq, taseq, tkey, tlast, tclosed;
  u64 bytes, wire, wbytes, reads; i64 wgap; i64 maxgap;
  int err;
} conn;

static i64 now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000LL + t.tv_nsec; }
static float *lat; static size_t latn, latcap;
static int lat_on;
static void lat_add(float v) {
  if (latn == latcap) { if (latcap >= (1u << 24)) return; latcap = latcap ? latcap * 2 : 65536; lat = realloc(lat, latcap * sizeof *lat); }
  lat[latn++] = v;
}
static int cmpf(const void *a, const void *b) { float x = *(float *)a, y = *(float *)b; return x < y ? -1 : x > y; }
static int cmpd(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }
static double pct(double *v, int n, double p) { if (!n) return -1; int i = (int)(p * (n - 1) + .5); return v[i]; }

static void tag_done(conn *c, i64 now) {
  c->tags++;
  int k = c->ttype == 8 ? 0 : c->ttype == 9 ? 1 : 2;
  int seq = 0;
  if (c->ttype == 9) {
    c->vtags++;
    int ft = c->first[0] >> 4 & 7, ex = c->first[0] & 0x80, pt = c->first[1];
    if (!ex && (c->first[0] & 15) == 7 && pt == 0) { seq = 1; if (!c->tvseq) c->tvseq = now; }
    else if (ex && (c->first[0] & 15) == 0) { seq = 1; if (!c->tvseq) c->tvseq = now; }
    else if (ft == 1 && !c->tkey) c->tkey = now;
    if (lat_on && c->tsize > 26 && c->tail[20] == 0x80 && !memcmp(c->tail, "FLVT", 4)) {
      i64 t = 0; for (int i = 4; i < 20; i++) { u8 d = c->tail[i]; t = t << 4 | (d <= '9' ? d - '0' : d - 'a' + 10); }
      lat_add((now - t) / 1e6f);
    }
  } else if (c->ttype == 8) {
    c->atags++;
    if ((c->first[0] >> 4) == 10 && c->first[1] == 0) { seq = 1; if (!c->taseq) c->taseq = now; }
  } else if (c->ttype == 18) { seq = 1; if (!c->tmeta) c->tmeta = now; }
  if (!seq) {
    if ((i64)c->tts < c->lastts[k]) c->back++;
    if ((i64)c->tts < c->lastany) c->backany++;
    c->lastts[k] = c->tts; c->lastany = c->tts;
  }
}
static void flv_feed(conn *c, const u8 *p, size_t n, i64 now) {
  if (!c->tfirst && n) c->tfirst = now;
  while (n) {
    if (c->fst == 2) {
      u32 rem = c->tsize - c->toff, m = n < rem ? n : rem;
      if (c->toff < 5) for (u32 i = 0; i < m && c->toff + i < 5; i++) c->first[c->toff + i] = p[i];
      if (c->tsize >= 21 && c->toff + m > c->tsize - 21) {
        u32 s = c->tsize - 21, from = c->toff > s ? c->toff : s;
        memcpy(c->tail + (from - s), p + (from - c->toff), c->toff + m - from);
      }
      c->toff += m; p += m; n -= m;
      if (c->toff == c->tsize) { c->fst = 3; c->fhave = 0; }
      continue;
    }
    u32 need = c->fst == 0 ? 13 : c->fst == 1 ? 11 : 4;
    u32 m = need - c->fhave; if (m > n) m = n;
    memcpy(c->fh + c->fhave, p, m); c->fhave += m; p += m; n -= m;
    if (c->fhave < need) return;
    c->fhave = 0;
    if (c->fst == 0) {
      if (memcmp(c->fh, "FLV\1", 4) || c->fh[8] != 9) c->bad++;
      c->fst = 1;
    } else if (c->fst == 1) {
      c->ttype = c->fh[0]; c->tsize = c->fh[1] << 16 | c->fh[2] << 8 | c->fh[3];
      c->tts = (u32)c->fh[7] << 24 | c->fh[4] << 16 | c->fh[5] << 8 | c->fh[6];
      if ((c->ttype != 8 && c->ttype != 9 && c->ttype != 18) || c->fh[8] || c->fh[9] || c->fh[10]) c->bad++;
      c->toff = 0; memset(c->first, 0, 5); c->tail[20] = 0;
      c->fst = c->tsize ? 2 : 3;
    } else {
      u32 pts = (u32)c->fh[0] << 24 | c->fh[1] << 16 | c->fh[2] << 8 | c->fh[3];
      if (pts != c->tsize + 11) c->bad++;
      tag_done(c, now); c->fst = 1;
    }
  }
}
static conn *C; static FILE *rec; static conn *recorded;
static int body_feed(conn *c, const u8 *p, size_t n, i64 now) { // returns 1 at end of chunked body
  if (!c->chunked) { c->bytes += n; c->wbytes += n; if (c->parse) flv_feed(c, p, n, now); else if (!c->tfirst) c->tfirst = now; return 0; }
  while (n) {
    if (c->cst == 1) {
      size_t m = n < c->crem ? n : c->crem;
      c->bytes += m; c->wbytes += m; flv_feed(c, p, m, now);
      if (c == recorded) fwrite(p, 1, m, rec);
      p += m; n -= m; c->crem -= m; if (!c->crem) c->cst = 2;
    } else {
      u8 ch = *p++; n--;
      if (c->cst == 0) {
        int d = ch >= '0' && ch <= '9' ? ch - '0' : (ch | 32) >= 'a' && (ch | 32) <= 'f' ? (ch | 32) - 'a' + 10 : -1;
        if (d >= 0 && c->cdig >= 0) { c->crem = c->crem << 4 | d; c->cdig++; }
        else if (ch == '\n') { c->chunks++; if (!c->cdig) c->bad++; if (!c->crem) return 1; c->cst = 1; c->cdig = 0; }
        else if (ch == ';') c->cdig = -1;
        else if (ch != '\r' && c->cdig >= 0) c->bad++;
      } else { // after data: CRLF
        if (c->cst == 2) { if (ch != '\r') c->bad++; c->cst = 3; }
        else { if (ch != '\n') c->bad++; c->cst = 0; c->crem = 0; c->cdig = 0; }
      }
    }
  }
  return 0;
}

static int N = 1, ep;
static struct sockaddr_in sa; static char req[1024]; static int reqn;
static int live, connected, closed_n, failed_n, httpbad;
static void cclose(conn *c, int err, i64 now) {
  if (c->st == CLOSED) return;
  if (c->st == CONNECTING) failed_n++; else closed_n++;
  c->st = CLOSED; c->err = err; c->tclosed = now; close(c->fd); c->fd = -1;
}
static void copen(conn *c, i64 now) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) { perror("socket"); exit(1); }
  int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  c->t0 = now; c->tlast = now; c->st = CONNECTING; c->parse = 1;
  c->lastts[0] = c->lastts[1] = c->lastts[2] = c->lastany = -1;
  if (connect(c->fd, (void *)&sa, sizeof sa) < 0 && errno != EINPROGRESS) { cclose(c, errno, now); return; }
  struct epoll_event e = { .events = EPOLLOUT, .data.ptr = c };
  epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}
static u8 buf[1 << 19];
static int sampleK = 1;
static ssize_t cread(conn *c, size_t max, i64 now) {
  ssize_t r;
  if (c->st == BODY && !c->parse) {
    r = recv(c->fd, buf, max > (1 << 20) ? 1 << 20 : max, MSG_TRUNC);
    if (r > 0) { c->bytes += r; c->wbytes += r; }
  } else {
    if (max > sizeof buf) max = sizeof buf;
    r = recv(c->fd, buf, max, 0);
  }
  if (r == 0) { cclose(c, 0, now); return 0; }
  if (r < 0) { if (errno == EAGAIN || errno == EINTR) return -1; cclose(c, errno, now); return 0; }
  c->wire += r; c->reads++;
  if (c->st == BODY) { i64 g = now - c->tlast; if (g > c->wgap) c->wgap = g; }
  c->tlast = now;
  if (c->st == HDR) {
    int k = 0, done = 0;
    while (k < r && c->hn < (int)sizeof c->hb - 1) {
      c->hb[c->hn++] = buf[k++];
      if (c->hn >= 4 && !memcmp(c->hb + c->hn - 4, "\r\n\r\n", 4)) { done = 1; break; }
    }
    if (!done) { if (c->hn >= (int)sizeof c->hb - 1) cclose(c, EPROTO, now); return r; }
    c->hb[c->hn] = 0; c->http = atoi(c->hb + 9);
    c->chunked = strcasestr(c->hb, "transfer-encoding: chunked") != NULL;
    c->st = BODY;
    if (c->http != 200) { httpbad++; cclose(c, EPROTO, now); return r; }
    if (k < r && body_feed(c, buf + k, r - k, now)) cclose(c, 0, now);
  } else if (c->parse) {
    if (body_feed(c, buf, r, now)) { cclose(c, 0, now); return r; }
    if (c->tkey && sampleK > 1 && (c - C) % sampleK) c->parse = 0;
  }
  return r;
}

#define MAXP 64
typedef struct { int pid; } pidl;
static int pids[MAXP], npid, aux[MAXP], naux;
typedef struct { double u, s, x; long rss; int thr; } pst;
static void pread1(int pid, pst *o) {
  char f[64], b[1024]; FILE *h;
  snprintf(f, sizeof f, "/proc/%d/stat", pid);
  if ((h = fopen(f, "r"))) {
    if (fgets(b, sizeof b, h)) {
      char *p = strrchr(b, ')'); unsigned long ut = 0, st = 0; long thr = 0, rss = 0;
      if (p) sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %ld %*d %*u %*u %ld", &ut, &st, &thr, &rss);
      o->u += ut / (double)sysconf(_SC_CLK_TCK); o->s += st / (double)sysconf(_SC_CLK_TCK); o->rss += rss * 4; o->thr += thr;
    }
    fclose(h);
  }
  snprintf(f, sizeof f, "/proc/%d/task", pid);
  DIR *d = opendir(f); struct dirent *e;
  if (d) {
    while ((e = readdir(d))) if (e->d_name[0] != '.') {
      char g[400]; snprintf(g, sizeof g, "%s/%s/schedstat", f, e->d_name);
      if ((h = fopen(g, "r"))) { unsigned long long a; if (fscanf(h, "%llu", &a) == 1) o->x += a / 1e9; fclose(h); }
    }
    closedir(d);
  }
}
static pst pread_all(int *l, int n) { pst o = {0}; for (int i = 0; i < n; i++) pread1(l[i], &o); return o; }
typedef struct { double busy[8], steal, softirq; } cst;
static cst cpu_read(void) {
  cst o = {0}; FILE *h = fopen("/proc/stat", "r"); char b[512]; double hz = sysconf(_SC_CLK_TCK);
  while (h && fgets(b, sizeof b, h)) {
    int i; unsigned long long u, n, s, id, io, irq, si, st;
    if (!strncmp(b, "cpu", 3) && b[3] >= '0' && b[3] <= '9' && sscanf(b, "cpu%d %llu %llu %llu %llu %llu %llu %llu %llu", &i, &u, &n, &s, &id, &io, &irq, &si, &st) == 9 && i < 8) {
      o.busy[i] = (u + n + s + irq + si + st) / hz; o.steal += st / hz; o.softirq += si / hz;
    }
  }
  if (h) fclose(h);
  return o;
}
static long tcp_mem_pages(void) { FILE *h = fopen("/proc/net/sockstat", "r"); char b[256]; long m = 0; while (h && fgets(b, sizeof b, h)) { char *p = strstr(b, "mem "); if (!strncmp(b, "TCP:", 4) && p) m = atol(p + 4); } if (h) fclose(h); return m; }
static double self_cpu(void) { struct rusage r; getrusage(RUSAGE_SELF, &r); return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6; }

int main(int ac, char **av) {
  const char *host = "127.0.0.1", *path = "/live/x.flv"; int port = 8080, wins = 3, nslow = 0, nstall = 0; double rate = 200, warm = 3, win = 10, slowk = 50;
  for (int i = 1; i < ac; i++) {
    char *a = av[i], *v = i + 1 < ac ? av[i + 1] : "";
    if (!strcmp(a, "--host")) host = v, i++; else if (!strcmp(a, "--port")) port = atoi(v), i++;
    else if (!strcmp(a, "--path")) path = v, i++; else if (!strcmp(a, "-n")) N = atoi(v), i++;
    else if (!strcmp(a, "--rate")) rate = atof(v), i++; else if (!strcmp(a, "--warm")) warm = atof(v), i++;
    else if (!strcmp(a, "--win")) win = atof(v), i++; else if (!strcmp(a, "--wins")) wins = atoi(v), i++;
    else if (!strcmp(a, "--slow")) nslow = atoi(v), i++; else if (!strcmp(a, "--slow-kbps")) slowk = atof(v), i++;
    else if (!strcmp(a, "--stalled")) nstall = atoi(v), i++; else if (!strcmp(a, "--sample")) sampleK = atoi(v), i++;
    else if (!strcmp(a, "--record")) { rec = fopen(v, "w"); if (!rec) { perror(v); return 1; } i++; }
    else if (!strcmp(a, "--pid")) { if (npid < MAXP) pids[npid++] = atoi(v); i++; } else if (!strcmp(a, "--aux")) { if (naux < MAXP) aux[naux++] = atoi(v); i++; }
    else { fprintf(stderr, "unknown %s\n", a); return 2; }
  }
  if (strncmp(host, "127.", 4)) { fprintf(stderr, "only loopback\n"); return 2; }
  setvbuf(stdout, NULL, _IOFBF, 1 << 20);
  int total = N + nslow + nstall;
  C = calloc(total, sizeof *C); N = total;
  // spread the slow and stalled viewers amongst the others
  for (int i = 0; i < nslow + nstall; i++) { int at = (int)((i + 0.5) * total / (nslow + nstall)); C[at].kind = i < nstall ? STALLED : SLOW; }
  for (int i = total - 1; i >= 0; i--) if (rec && C[i].kind == SLOW) recorded = &C[i];
  struct rlimit files; getrlimit(RLIMIT_NOFILE, &files); files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files);
  sa.sin_family = AF_INET; sa.sin_port = htons(port); inet_pton(AF_INET, host, &sa.sin_addr);
  reqn = snprintf(req, sizeof req, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: flvload\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n", path, host, port);
  ep = epoll_create1(0);
  struct epoll_event ev[1024];
  i64 start = now_ns(), ramp_end = 0; int opened = 0; i64 wstart = 0, wend = 0; int w = -1;
  double *v = malloc(sizeof(double) * (total + 1));
  pst p0 = {0}, a0 = {0}, base = pread_all(pids, npid); cst c0 = {0}; double s0 = 0; i64 lastslow = start; u64 r0 = 0; u64 wire0 = 0;
  long mem_base = tcp_mem_pages();
  printf("{\"n\":%d,\"slow\":%d,\"stalled\":%d,\"rate\":%g,\"win_s\":%g,\"rss0_kb\":%ld,\"windows\":[", total - nslow - nstall, nslow, nstall, rate, win, base.rss);
  int running = 1;
  while (running) {
    i64 now = now_ns();
    while (opened < total && now - start >= (i64)(opened / rate * 1e9)) { copen(&C[opened++], now); now = now_ns(); }
    if (opened == total && !ramp_end) { ramp_end = now; wend = now + (i64)(warm * 1e9); }
    if (nslow && now - lastslow >= 50000000) {
      size_t q = (size_t)(slowk * 1024 * ((now - lastslow) / 1e9)); lastslow = now;
      for (int i = 0; i < total; i++) if (C[i].kind == SLOW && C[i].st != CLOSED && C[i].st != CONNECTING && C[i].fd >= 0) { size_t left = q; while (left > 0) { ssize_t r = cread(&C[i], left, now); if (r <= 0) break; left -= r; } }
    }
    if (ramp_end && now >= wend) {
      pst p1 = pread_all(pids, npid), a1 = pread_all(aux, naux); cst c1 = cpu_read(); double s1 = self_cpu();
      u64 rd = 0, wire = 0; for (int i = 0; i < total; i++) { rd += C[i].reads; wire += C[i].wire; }
      if (w >= 0) {
        double dt = (now - wstart) / 1e9, tot = 0; int m = 0; double gmax = 0;
        for (int i = 0; i < total; i++) if (C[i].kind == NORMAL) { v[m++] = C[i].wbytes; tot += C[i].wbytes; }
        double tall = 0; for (int i = 0; i < total; i++) tall += C[i].wbytes;
        qsort(v, m, sizeof *v, cmpd);
        double mn = pct(v, m, 0), md = pct(v, m, .5), mx = pct(v, m, 1);
        m = 0;
        for (int i = 0; i < total; i++) if (C[i].kind == NORMAL) { i64 g = C[i].wgap; if (now - C[i].tlast > g) g = now - C[i].tlast; v[m++] = g / 1e6; if (g / 1e6 > gmax) gmax = g / 1e6; if (g > C[i].maxgap) C[i].maxgap = g; }
        qsort(v, m, sizeof *v, cmpd);
        double g50 = pct(v, m, .5), g99 = pct(v, m, .99);
        qsort(lat, latn, sizeof *lat, cmpf);
        double l50 = latn ? lat[latn / 2] : -1, l95 = latn ? lat[(size_t)(latn * .95)] : -1, l99 = latn ? lat[(size_t)(latn * .99)] : -1, lx = latn ? lat[latn - 1] : -1, l0 = latn ? lat[0] : -1;
        double cpu = p1.x - p0.x, bs = 0; for (int i = 0; i < 8; i++) bs += c1.busy[i] - c0.busy[i];
        printf("%s{\"dt\":%.3f,\"MBps\":%.3f,\"viewer_kBps\":{\"min\":%.1f,\"med\":%.1f,\"max\":%.1f},\"gap_ms\":{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f},"
               "\"lat_ms\":{\"n\":%zu,\"min\":%.2f,\"p50\":%.2f,\"p95\":%.2f,\"p99\":%.2f,\"max\":%.2f},\"srv_cpu_s\":%.4f,\"srv_user_s\":%.2f,\"srv_sys_s\":%.2f,\"srv_pct\":%.1f,\"cpu_s_per_GB\":%.4f,"
               "\"rss_kb\":%ld,\"threads\":%d,\"tcp_mem_kb\":%ld,\"gen_cpu_s\":%.3f,\"aux_cpu_s\":%.3f,\"cpu0_busy\":%.2f,\"cpu1_busy\":%.2f,\"foreign_cpu_s\":%.2f,\"steal_s\":%.2f,\"reads\":%llu,\"bytes_per_read\":%.0f}",
               w ? "," : "", dt, tot / dt / 1e6, mn / dt / 1e3, md / dt / 1e3, mx / dt / 1e3, g50, g99, gmax, latn, l0, l50, l95, l99, lx, cpu, p1.u - p0.u, p1.s - p0.s, 100 * cpu / dt, tall > 0 ? cpu / (tall / 1e9) : -1,
               p1.rss, p1.thr, (tcp_mem_pages()) * 4, s1 - s0, a1.x - a0.x, c1.busy[0] - c0.busy[0], c1.busy[1] - c0.busy[1], bs - cpu - (s1 - s0) - (a1.x - a0.x), c1.steal - c0.steal, (unsigned long long)(rd - r0), rd > r0 ? (double)(wire - wire0) / (rd - r0) : 0);
      }
      w++; latn = 0; lat_on = 1; p0 = p1; a0 = a1; c0 = c1; s0 = s1; r0 = rd; wire0 = wire;
      for (int i = 0; i < total; i++) { C[i].wbytes = 0; C[i].wgap = 0; if (w == 0 && C[i].kind == NORMAL) C[i].maxgap = 0; }
      if (w >= wins) { running = 0; break; }
      // CPU clocks are read again so that this bookkeeping is not charged to the next window
      p0 = pread_all(pids, npid); a0 = pread_all(aux, naux); c0 = cpu_read(); s0 = self_cpu();
      wstart = now_ns(); wend = wstart + (i64)(win * 1e9);
      continue;
    }
    int to = 20;
    if (opened < total) { i64 nx = start + (i64)(opened / rate * 1e9) - now; to = nx <= 0 ? 0 : (int)(nx / 1000000) + 0; if (to > 20) to = 20; }
    if (ramp_end) { i64 nx = (wend - now) / 1000000 + 1; if (nx < to) to = nx < 0 ? 0 : nx; }
    int n = epoll_wait(ep, ev, 1024, to);
    for (int i = 0; i < n; i++) {
      conn *c = ev[i].data.ptr; if (c->st == CLOSED) continue;
      now = now_ns();
      if (c->st == CONNECTING) {
        int e = 0; socklen_t l = sizeof e; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &l);
        if (e || (ev[i].events & EPOLLERR)) { cclose(c, e ? e : EIO, now); continue; }
        if (send(c->fd, req, reqn, MSG_NOSIGNAL) != reqn) { cclose(c, errno, now); continue; }
        c->st = HDR; connected++; live++;
        struct epoll_event e2 = { .events = c->kind == NORMAL ? EPOLLIN : EPOLLRDHUP | EPOLLET, .data.ptr = c };
        epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e2);
        continue;
      }
      if (c->kind != NORMAL) { // only hang-ups are asked for
        if (ev[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) { if (!c->tclosed) c->tclosed = now; if (ev[i].events & EPOLLERR) cclose(c, ECONNRESET, now); }
        continue;
      }
      cread(c, sizeof buf, now);
    }
  }
  i64 now = now_ns();
  // stalled/slow: what was waiting for them, and did the server end them?
  int hup = 0, eof = 0; u64 drained = 0; int alive_ns = 0; double hupt[3] = {-1, -1, -1}; double *ht = malloc(sizeof(double) * (total + 1)); int htn = 0;
  for (int i = 0; i < total; i++) if (C[i].kind != NORMAL) {
    conn *c = &C[i]; if (c->tclosed) { hup++; ht[htn++] = (c->tclosed - c->t0) / 1e9; }
    if (c->st == CLOSED) { eof++; continue; }
    u64 got = 0; i64 until = now_ns() + 200000000; int end = 0;
    while (now_ns() < until && got < (64u << 20)) { ssize_t r = recv(c->fd, buf, sizeof buf, MSG_DONTWAIT); if (r > 0) got += r; else if (r == 0) { end = 1; break; } else if (errno != EAGAIN) { end = 1; break; } else usleep(2000); }
    drained += got; eof += end; if (!end) alive_ns++;
  }
  qsort(ht, htn, sizeof *ht, cmpd); if (htn) { hupt[0] = ht[0]; hupt[1] = ht[htn / 2]; hupt[2] = ht[htn - 1]; }
  u64 bad = 0, back = 0, backany = 0, tags = 0, wire = 0, body = 0, chunks = 0; int vbad = 0, vback = 0, vbackany = 0, early = 0, parsed = 0, nokey = 0, chk = 0;
  for (int i = 0; i < total; i++) { conn *c = &C[i]; bad += c->bad; back += c->back; backany += c->backany; tags += c->tags; wire += c->wire; body += c->bytes; chunks += c->chunks; vbad += !!c->bad; vback += !!c->back; vbackany += !!c->backany; chk += c->chunked; if (c->kind == NORMAL) { early += c->st == CLOSED; parsed += c->parse && c->st == BODY; nokey += !c->tkey; } }
  printf("],\"connected\":%d,\"connect_failed\":%d,\"http_not_200\":%d,\"closed_early\":%d,\"no_keyframe\":%d,\"chunked\":%d,\"parsed\":%d,\"tags\":%llu,\"chunks\":%llu,\"broken\":%llu,\"viewers_broken\":%d,\"viewers_ts_back\":%d,\"viewers_ts_back_cross\":%d,\"wire_over_body\":%.6f",
         connected, failed_n, httpbad, early, nokey, chk, parsed, (unsigned long long)tags, (unsigned long long)chunks, (unsigned long long)bad, vbad, vback, vbackany, body ? (double)wire / body : 0);
  const char *nm[5] = {"first_body_ms", "meta_ms", "video_seq_ms", "audio_seq_ms", "keyframe_ms"};
  for (int k = 0; k < 5; k++) {
    int m = 0;
    for (int i = 0; i < total; i++) { conn *c = &C[i]; if (c->kind != NORMAL) continue; i64 t = k == 0 ? c->tfirst : k == 1 ? c->tmeta : k == 2 ? c->tvseq : k == 3 ? c->taseq : c->tkey; if (t) v[m++] = (t - c->t0) / 1e6; }
    qsort(v, m, sizeof *v, cmpd);
    printf(",\"%s\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f}", nm[k], pct(v, m, .5), pct(v, m, .99), pct(v, m, 1));
  }
  int m = 0; for (int i = 0; i < total; i++) if (C[i].kind == NORMAL) v[m++] = C[i].maxgap / 1e6;
  qsort(v, m, sizeof *v, cmpd);
  printf(",\"maxgap_ms\":{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}", pct(v, m, .5), pct(v, m, .99), pct(v, m, 1));
  if (nslow + nstall) printf(",\"unhealthy\":{\"hup_seen\":%d,\"hup_s\":[%.1f,%.1f,%.1f],\"eof_after_drain\":%d,\"alive\":%d,\"drained_kB\":%.0f}", hup, hupt[0], hupt[1], hupt[2], eof, alive_ns, drained / 1e3);
  printf(",\"tcp_mem_base_kb\":%ld}\n", mem_base * 4);
  if (rec) fclose(rec);
  (void)now; (void)live;
  return 0;
}
