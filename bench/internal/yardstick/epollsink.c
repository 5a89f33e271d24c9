//go:build ignore
// (The line above keeps the go command from taking this file for cgo.)

/*
 * epollsink: an SMTP server that does as little as a server can, so that the
 * client loading it is the limit and not the server.
 *
 *     epollsink [-p port]
 *
 * One thread, one epoll loop, one read and one write a turn. It listens on
 * 127.0.0.1 only, prints "listening 127.0.0.1:PORT", accepts every command and
 * throws every message away. On SIGTERM or SIGINT it prints one line,
 *
 *     connections=N messages=N bytes=N quits=N errors=N
 *
 * which is what a client's own count is held against. bytes are those of
 * message content, dot-stuffing and the final CRLF included, the final dot
 * line not. errors counts connections closed for something we do not speak.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, EVENTS = 512, BUFFER = 256 * 1024, LINE = 1024, TAIL = 5 };

static const char BANNER[] = "220 epollsink.test ESMTP\r\n";
static const char EHLO[] = "250-epollsink.test\r\n250-PIPELINING\r\n"
                           "250-8BITMIME\r\n250 SIZE 104857600\r\n";
static const char OK[] = "250 2.0.0 Ok\r\n";
static const char GO_AHEAD[] = "354 End data with <CR><LF>.<CR><LF>\r\n";
static const char BYE[] = "221 2.0.0 Bye\r\n";
static const char UNKNOWN[] = "500 5.5.2 Error: command not recognized\r\n";
static const char DOT[TAIL] = {'\r', '\n', '.', '\r', '\n'};

struct conn {
    int fd;
    int in_data;
    int held;        /* bytes in hold */
    char hold[LINE]; /* commands: a line not yet whole; data: the last bytes seen */
};

/* Replies to everything that came in one read leave in one write: a server
 * that answers pipelined commands one by one would cost the client a wake-up
 * each. */
struct replies {
    size_t len;
    char buf[64 * 1024];
};

static struct {
    unsigned long connections, messages, bytes, quits, errors;
} count;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int say(struct replies *r, const char *s, size_t n) {
    if (r->len + n > sizeof r->buf)
        return -1;
    memcpy(r->buf + r->len, s, n);
    r->len += n;
    return 0;
}
#define SAY(r, s) say((r), (s), sizeof(s) - 1)

/* command answers one line; it returns 0, or -1 if the connection is over. */
static int command(struct conn *c, const char *line, size_t n, struct replies *r) {
    if (n < 4)
        return SAY(r, UNKNOWN);
    if (!strncasecmp(line, "MAIL", 4) || !strncasecmp(line, "RCPT", 4) ||
        !strncasecmp(line, "RSET", 4) || !strncasecmp(line, "NOOP", 4) ||
        !strncasecmp(line, "HELO", 4))
        return SAY(r, OK);
    if (!strncasecmp(line, "DATA", 4)) {
        c->in_data = 1;
        /* A message may begin with the final dot: "DATA CRLF . CRLF". The CRLF
         * that ends the command stands for the one before the dot. */
        memcpy(c->hold, DOT, 2);
        c->held = 2;
        count.bytes -= 2; /* swallow counts them as content */
        return SAY(r, GO_AHEAD);
    }
    if (!strncasecmp(line, "EHLO", 4) || !strncasecmp(line, "LHLO", 4))
        return SAY(r, EHLO);
    if (!strncasecmp(line, "QUIT", 4)) {
        count.quits++;
        SAY(r, BYE);
        return -1;
    }
    return SAY(r, UNKNOWN);
}

/* lines answers whole lines in p[0..n) until DATA turns the rest into content;
 * it returns how much was taken, or -1 if the connection is over. */
static ssize_t lines(struct conn *c, const char *p, size_t n, struct replies *r) {
    size_t taken = 0;
    while (taken < n && !c->in_data) {
        const char *start = p + taken;
        const char *end = memchr(start, '\n', n - taken);
        size_t len = end ? (size_t)(end - start) + 1 : n - taken;
        const char *line = start;
        if (c->held || !end) { /* rare: a line in pieces */
            if (c->held + len > LINE)
                return count.errors++, -1;
            memcpy(c->hold + c->held, start, len);
            c->held += len;
            taken += len;
            if (!end)
                break;
            line = c->hold;
            len = c->held;
            c->held = 0;
        } else {
            taken += len;
        }
        if (command(c, line, len, r) < 0)
            return -1;
    }
    return taken;
}

/* ended accounts for a whole message. */
static void ended(struct conn *c, struct replies *r) {
    c->in_data = 0;
    c->held = 0;
    count.messages++;
    count.bytes -= 3; /* the dot line is not content */
    SAY(r, OK);
}

/* swallow takes message content in p[0..n) and returns how much of it belonged
 * to the message. */
static size_t swallow(struct conn *c, const char *p, size_t n, struct replies *r) {
    /* The dot line may straddle two reads: look at the seam first. */
    char seam[2 * TAIL];
    size_t before = c->held, after = n < TAIL ? n : TAIL;
    memcpy(seam, c->hold, before);
    memcpy(seam + before, p, after);
    char *at = memmem(seam, before + after, DOT, TAIL);
    if (at) {
        size_t used = at + TAIL - seam - before;
        count.bytes += used + before;
        ended(c, r);
        return used;
    }
    /* Mostly a read ends with the message, so the first look is at the end. It
     * cannot be the end of another one: that would have to wait for its 354. */
    size_t used = n;
    int done = n >= TAIL && !memcmp(p + n - TAIL, DOT, TAIL);
    if (!done && n > TAIL) {
        at = memmem(p, n, DOT, TAIL);
        if (at) {
            used = at + TAIL - p;
            done = 1;
        }
    }
    if (done) {
        count.bytes += used + before;
        ended(c, r);
        return used;
    }
    /* Held bytes are counted when they leave the hold. */
    char last[2 * TAIL];
    size_t have = 0, keep;
    if (n < TAIL) {
        memcpy(last, c->hold, before);
        have = before;
        memcpy(last + have, p, n);
        have += n;
    } else {
        memcpy(last, p + n - TAIL, TAIL);
        have = TAIL;
    }
    keep = have < TAIL - 1 ? have : TAIL - 1;
    memcpy(c->hold, last + have - keep, keep);
    c->held = keep;
    count.bytes += before + n - keep;
    return n;
}

/* serve reads once and answers once; it returns -1 if the connection is over. */
static int serve(struct conn *c, char *buf) {
    static struct replies r;
    ssize_t n = read(c->fd, buf, BUFFER);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (n == 0)
        return -1;
    r.len = 0;
    int over = 0;
    for (ssize_t off = 0; off < n;) {
        if (c->in_data) {
            off += swallow(c, buf + off, n - off, &r);
            continue;
        }
        ssize_t taken = lines(c, buf + off, n - off, &r);
        if (taken < 0) {
            over = -1;
            break;
        }
        off += taken;
    }
    /* A client that lets its receive buffer fill up with replies this short is
     * not one we measure: it counts as an error, not as something to queue. */
    if (r.len && write(c->fd, r.buf, r.len) != (ssize_t)r.len)
        return count.errors++, -1;
    return over;
}

static void welcome(int epfd, int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
                return;
            die("epollsink: accept");
        }
        struct conn *c = malloc(sizeof *c);
        if (!c)
            die("epollsink: malloc");
        c->fd = fd;
        c->in_data = c->held = 0;
        count.connections++;
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) < 0)
            die("epollsink: epoll_ctl");
        if (write(fd, BANNER, sizeof BANNER - 1) < 0)
            count.errors++; /* the read that follows will find the reason */
    }
}

static int listen_on(int port) {
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    if (fd < 0)
        die("epollsink: socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* inherited by accept */
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0)
        die("epollsink: bind");
    if (listen(fd, BACKLOG) < 0)
        die("epollsink: listen");
    if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
        die("epollsink: getsockname");
    printf("listening 127.0.0.1:%d\n", ntohs(a.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv) {
    int port = 0, opt;
    while ((opt = getopt(argc, argv, "p:")) != -1) {
        if (opt != 'p') {
            fprintf(stderr, "usage: epollsink [-p port]\n");
            return 2;
        }
        port = atoi(optarg);
    }
    struct rlimit lim;
    if (getrlimit(RLIMIT_NOFILE, &lim) == 0) {
        lim.rlim_cur = lim.rlim_max;
        setrlimit(RLIMIT_NOFILE, &lim);
    }
    signal(SIGPIPE, SIG_IGN);
    /* Signals come as an event like any other, so the counts are never read
     * half way through a turn. */
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);

    int epfd = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on(port), signals = signalfd(-1, &stop, SFD_CLOEXEC);
    /* Told apart from connections by where they point. */
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &listener};
    epoll_ctl(epfd, EPOLL_CTL_ADD, listener, &ev);
    ev.data.ptr = &signals;
    epoll_ctl(epfd, EPOLL_CTL_ADD, signals, &ev);

    char *buf = malloc(BUFFER);
    struct epoll_event events[EVENTS];
    for (;;) {
        int n = epoll_wait(epfd, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            die("epollsink: epoll_wait");
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (events[i].data.ptr == &signals) {
                printf("connections=%lu messages=%lu bytes=%lu quits=%lu errors=%lu\n",
                       count.connections, count.messages, count.bytes, count.quits, count.errors);
                return 0;
            }
            if (events[i].data.ptr == &listener) {
                welcome(epfd, listener);
            } else if (serve(c, buf) < 0) {
                close(c->fd); /* leaves the epoll set by itself */
                free(c);
            }
        }
    }
}
