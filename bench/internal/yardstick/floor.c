//go:build ignore
// (The line above keeps the go command from taking this file for cgo.)

/*
 * floor: the least a client can do to send mail. It marks how much of a
 * client's cost is the kernel's and cannot be saved.
 *
 *     floor [-c | -p | -n] [-s sessions] [-m messages] [-l bytes] [-j processes] address:port
 *
 * One thread, one epoll loop, one write and one read a turn; nothing is timed,
 * recorded or looked at, but for the ends of replies, which have to be counted
 * to know when to go on. A reply that does not begin with 2 or 3 ends the run.
 *
 *     (neither)  open connections, lockstep: each command waits for its reply
 *     -p         open connections, MAIL, RCPT and DATA in one write (RFC 2920)
 *     -c         a connection a message: connect, one message, QUIT, close
 *     -n         connect and close, nothing else: what a bare connection costs
 *
 * -j shares sessions and messages out to so many processes, each with a loop of
 * its own: what several loops at once cost at the least.
 *
 * -l is the whole message, header included. Every connection ends with QUIT
 * and its reply. On success it prints "messages=N seconds=S".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, BUFFER = 64 * 1024 };

/* Connections that wait for their banner are kept below the usual backlog:
 * beyond it SYNs are dropped, and each costs a second of waiting. */
enum { CONNECTING = 256 };

static const char EHLO[] = "EHLO floor.example.test\r\n";
static const char MAIL[] = "MAIL FROM:<bench@example.test>\r\n";
static const char RCPT[] = "RCPT TO:<bench@example.test>\r\n";
static const char DATA[] = "DATA\r\n";
static const char QUIT[] = "QUIT\r\n";
static const char ENVELOPE[] = "MAIL FROM:<bench@example.test>\r\n"
                               "RCPT TO:<bench@example.test>\r\nDATA\r\n";

/* What a connection waits for. */
enum state { AT_BANNER, AT_EHLO, AT_MAIL, AT_RCPT, AT_DATA, AT_BODY, AT_QUIT };

struct conn {
    int fd;
    uint8_t state, wait; /* wait: replies still to come before the next write */
    uint8_t column, more; /* of the reply line: how far, and whether "250-" */
    uint32_t left;        /* bytes of the body not written yet */
};

static enum { LOCKSTEP, PIPELINED, RECONNECT, CONNECT_ONLY } mode;
static long total = 1, begun, done; /* messages */
static int processes = 1;
static int sessions = 1, started, connecting, alive;
static char *body;
static size_t body_len;
static int epfd;
static struct sockaddr_in server;

static void die(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void put(struct conn *c, const char *p, size_t n, enum state next, int replies) {
    if (write(c->fd, p, n) != (ssize_t)n)
        die("write");
    c->state = next;
    c->wait = replies;
}

static void dial(struct conn *c) {
    int quiet = mode == CONNECT_ONLY;
    for (;;) {
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (quiet ? 0 : SOCK_NONBLOCK), 0);
        if (c->fd < 0)
            die("socket");
        if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
            die("connect");
        if (!quiet)
            break;
        close(c->fd);
        if (++done == total)
            return;
    }
    begun += mode == RECONNECT; /* each connection there has a message to send */
    c->state = AT_BANNER;
    c->wait = 1;
    c->column = c->more = 0;
    c->left = 0;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epfd, EPOLL_CTL_ADD, c->fd, &ev) < 0)
        die("epoll_ctl");
    connecting++;
}

static void send_body(struct conn *c) {
    ssize_t n = write(c->fd, body + body_len - c->left, c->left);
    if (n < 0 && errno != EAGAIN)
        die("write");
    if (n > 0)
        c->left -= n;
    struct epoll_event ev = {.events = EPOLLIN | (c->left ? EPOLLOUT : 0), .data.ptr = c};
    /* Only a message beyond the socket's buffer ever gets here with a rest. */
    if (c->left || c->wait == 0)
        if (epoll_ctl(epfd, EPOLL_CTL_MOD, c->fd, &ev) < 0)
            die("epoll_ctl");
    c->wait = c->left == 0;
}

/* next writes what follows when all replies of a state are in. */
static void next(struct conn *c) {
    switch (c->state) {
    case AT_BANNER:
        connecting--;
        put(c, EHLO, sizeof EHLO - 1, AT_EHLO, 1);
        return;
    case AT_BODY:
        done++;
        /* fall through */
    case AT_EHLO:
        if (mode == RECONNECT ? c->state == AT_BODY : begun == total) {
            put(c, QUIT, sizeof QUIT - 1, AT_QUIT, 1);
            return;
        }
        begun += mode != RECONNECT;
        if (mode == PIPELINED)
            put(c, ENVELOPE, sizeof ENVELOPE - 1, AT_DATA, 3);
        else
            put(c, MAIL, sizeof MAIL - 1, AT_MAIL, 1);
        return;
    case AT_MAIL:
        put(c, RCPT, sizeof RCPT - 1, AT_RCPT, 1);
        return;
    case AT_RCPT:
        put(c, DATA, sizeof DATA - 1, AT_DATA, 1);
        return;
    case AT_DATA:
        c->state = AT_BODY;
        c->left = body_len;
        c->wait = 1; /* tells send_body that EPOLLOUT is not set */
        send_body(c);
        return;
    case AT_QUIT:
        close(c->fd);
        if (mode == RECONNECT && begun < total)
            dial(c);
        else
            alive--;
        return;
    }
}

/* replies counts the last lines of replies: those with no '-' after the code. */
static int replies(struct conn *c, const char *p, ssize_t n) {
    int got = 0;
    for (ssize_t i = 0; i < n; i++) {
        if (p[i] == '\n') {
            got += !c->more;
            c->column = 0;
            continue;
        }
        if (c->column == 0 && p[i] != '2' && p[i] != '3') {
            fprintf(stderr, "floor: the server said %.*s", (int)(n - i), p + i);
            exit(1);
        }
        if (c->column == 3)
            c->more = p[i] == '-';
        if (c->column < 4)
            c->column++;
    }
    return got;
}

static void ready(struct conn *c, uint32_t events) {
    static char buf[BUFFER];
    if (c->left && (events & EPOLLOUT))
        send_body(c);
    if (!(events & ~EPOLLOUT))
        return;
    ssize_t n = read(c->fd, buf, sizeof buf);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n < 0)
        die("read");
    if (n == 0) {
        fprintf(stderr, "floor: the server closed the connection\n");
        exit(1);
    }
    int got = replies(c, buf, n);
    if (got > c->wait) {
        fprintf(stderr, "floor: a reply to nothing\n");
        exit(1);
    }
    c->wait -= got;
    if (got && c->wait == 0)
        next(c);
}

/* compose makes a message of n bytes, lines of 72, without a dot to stuff; the
 * dot line comes on top. */
static void compose(size_t n) {
    static const char header[] = "From: <bench@example.test>\r\nTo: <bench@example.test>\r\n"
                                 "Subject: floor\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
                                 "Message-ID: <floor@example.test>\r\n\r\n";
    size_t at = sizeof header - 1;
    if (n < at + 2)
        n = at + 2;
    body_len = n + 3;
    body = malloc(body_len);
    if (!body)
        die("malloc");
    memcpy(body, header, at);
    for (size_t i = at, column = 0; i < n - 2; i++, column++) {
        if (column >= 72 && i < n - 3) {
            body[i++] = '\r';
            body[i] = '\n';
            column = -1;
            continue;
        }
        body[i] = 'x';
    }
    memcpy(body + n - 2, "\r\n.\r\n", 5);
}

static void usage(void) {
    fprintf(stderr, "usage: floor [-c | -p | -n] [-s sessions] [-m messages] [-l bytes] [-j processes] address:port\n");
    exit(2);
}

static void options(int argc, char **argv) {
    int opt;
    size_t size = 1024;
    while ((opt = getopt(argc, argv, "cpns:m:l:j:")) != -1) {
        switch (opt) {
        case 'c': mode = RECONNECT; break;
        case 'p': mode = PIPELINED; break;
        case 'n': mode = CONNECT_ONLY; break;
        case 's': sessions = atoi(optarg); break;
        case 'm': total = atol(optarg); break;
        case 'l': size = strtoul(optarg, NULL, 10); break;
        case 'j': processes = atoi(optarg); break;
        default: usage();
        }
    }
    char *colon = optind == argc - 1 ? strchr(argv[optind], ':') : NULL;
    if (!colon || sessions < 1 || total < 1 || processes < 1 || processes > sessions || processes > total)
        usage();
    *colon = 0;
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(colon + 1));
    if (inet_pton(AF_INET, argv[optind], &server.sin_addr) != 1)
        usage();
    if (mode == RECONNECT && sessions > total)
        sessions = total;
    compose(size);
}

/* load sends all messages. */
static void load(void) {
    epfd = epoll_create1(EPOLL_CLOEXEC);
    struct conn *conns = calloc(sessions, sizeof *conns);
    struct epoll_event events[EVENTS];
    if (mode == CONNECT_ONLY) {
        dial(conns);
        return;
    }
    alive = sessions;
    while (alive) {
        while (started < sessions && connecting < CONNECTING)
            dial(&conns[started++]);
        int n = epoll_wait(epfd, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < n; i++)
            ready(events[i].data.ptr, events[i].events);
    }
}

/* share gives part i of n of a number. The parts add up to it. */
static long share(long number, int i, int n) {
    return number / n + (i < number % n);
}

/* divide loads by several processes. It ends when all have ended, and counts
 * the messages if each has sent its own. */
static void divide(void) {
    long all = total;
    int everyone = sessions, failed = 0;
    for (int i = 0; i < processes; i++) {
        total = share(all, i, processes);
        sessions = share(everyone, i, processes);
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0) {
            load();
            _exit(done != total);
        }
    }
    for (int i = 0; i < processes; i++) {
        int status;
        if (wait(&status) < 0)
            die("wait");
        failed |= status;
    }
    total = all;
    done = failed ? 0 : all;
}

int main(int argc, char **argv) {
    options(argc, argv);
    struct rlimit lim;
    if (getrlimit(RLIMIT_NOFILE, &lim) == 0) {
        lim.rlim_cur = lim.rlim_max;
        setrlimit(RLIMIT_NOFILE, &lim);
    }
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (processes > 1)
        divide();
    else
        load();
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("messages=%ld seconds=%.6f\n", done,
           (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) / 1e9);
    return done == total ? 0 : 1;
}
