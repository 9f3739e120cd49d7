/* A power cut for a process: what no fsync has covered is lost, all of it or a random part, torn in sectors.
 *
 * Preloaded into the process. Writes go to the file at once, so that the process reads what it wrote; what was
 * there before is remembered until an fsync covers the write. At the cut each write that is not covered is undone,
 * or kept, or kept in part, at random; then the process ends without a word.
 *
 * CUT_DIR   only files below this folder are meant
 * CUT_AT    cut at the n-th call that changes or syncs a file; 0: only when SIGUSR2 comes
 * CUT_SEED  of the random choices
 * CUT_KEEP  of a write that is not covered: chance in percent that it survives
 * CUT_BLIND an fsync covers nothing, as on a disk that lies or with synchronous=OFF
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 65536
#define SECTOR 512

enum kind { WRITTEN, TRUNCATED, RENAMED, UNLINKED };

struct change {
    enum kind kind;
    dev_t dev;
    ino_t ino;
    int fd;          /* a descriptor of our own, open for as long as the change may be undone */
    off_t at, size;  /* where it was written; how long the file was before */
    size_t old_len, new_len;
    char *old;
    char from[PATH_MAX], to[PATH_MAX], saved[PATH_MAX];
};

static struct change *changes[MOST];
static int count;
static long calls, cut_at;
static int keep_percent = 50, blind;
static unsigned long long dice = 88172645463325252ULL;
static char folder[PATH_MAX];
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);

static unsigned roll(unsigned sides) {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)(dice % sides);
}

/* What was written behind the old end: gone with the new end, or zeros where something later made it longer. */
static void lose_the_end(struct change *c) {
    static const char zeros[SECTOR];
    struct stat now;
    off_t end = c->at + (off_t)c->new_len;
    if (!fstat(c->fd, &now) && now.st_size == end) {
        real_ftruncate(c->fd, c->size);
        return;
    }
    for (off_t at = c->size > c->at ? c->size : c->at; at < end; at += SECTOR)
        real_pwrite(c->fd, zeros, end - at < SECTOR ? (size_t)(end - at) : SECTOR, at);
}

static void undo(struct change *c) {
    switch (c->kind) {
    case WRITTEN:
        if (c->old_len) real_pwrite(c->fd, c->old, c->old_len, c->at);
        if (c->size < c->at + (off_t)c->new_len) lose_the_end(c);
        break;
    case TRUNCATED:
        real_ftruncate(c->fd, c->size);
        if (c->old_len) real_pwrite(c->fd, c->old, c->old_len, c->at);
        break;
    case RENAMED:
        real_rename(c->to, c->from);
        if (c->saved[0]) real_rename(c->saved, c->to);
        break;
    case UNLINKED:
        real_rename(c->saved, c->from);
        break;
    }
}

/* The sectors of a write may reach the disk one by one. */
static void tear(struct change *c) {
    for (size_t begin = 0; begin < c->old_len; begin += SECTOR) {
        size_t length = c->old_len - begin < SECTOR ? c->old_len - begin : SECTOR;
        if (roll(2)) real_pwrite(c->fd, c->old + begin, length, c->at + (off_t)begin);
    }
}

static void cut(void) {
    for (int i = count - 1; i >= 0; i--) {
        struct change *c = changes[i];
        if (!c) continue;
        if ((int)roll(100) >= keep_percent) undo(c);
        else if (c->kind == WRITTEN && roll(2)) tear(c);
    }
    _exit(137);
}

static void on_signal(int number) {
    (void)number;
    cut();
}

static void forget(struct change *c) {
    if (c->kind == UNLINKED || (c->kind == RENAMED && c->saved[0])) real_unlink(c->saved);
    if (c->fd >= 0) close(c->fd);
    free(c->old);
    free(c);
}

static void remember(struct change *c) {
    if (count == MOST) {
        int left = 0;
        for (int i = 0; i < count; i++)
            if (changes[i]) changes[left++] = changes[i];
        count = left;
        if (count == MOST) abort();
    }
    changes[count++] = c;
}

static void covered(dev_t dev, ino_t ino, int directory) {
    for (int i = 0; i < count; i++) {
        struct change *c = changes[i];
        if (!c) continue;
        int names = c->kind == RENAMED || c->kind == UNLINKED;
        if (directory ? names : (!names && c->dev == dev && c->ino == ino)) {
            forget(c);
            changes[i] = NULL;
        }
    }
}

static int meant(const char *path) { return folder[0] && !strncmp(path, folder, strlen(folder)); }

static int meant_fd(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    path[0] = 0;
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return meant(path);
}

static void one_more(void) {
    calls++;
    if (cut_at && calls == cut_at) cut();
}

static struct change *of_file(int fd, const char *path, enum kind kind) {
    struct stat now;
    if (fstat(fd, &now) || !S_ISREG(now.st_mode)) return NULL;
    struct change *c = calloc(1, sizeof *c);
    c->kind = kind;
    c->dev = now.st_dev;
    c->ino = now.st_ino;
    c->size = now.st_size;
    c->fd = open(path, O_RDWR | O_CLOEXEC);
    if (c->fd < 0) {
        free(c);
        return NULL;
    }
    return c;
}

static void remember_write(int fd, const char *path, size_t length, off_t at) {
    struct change *c = of_file(fd, path, WRITTEN);
    if (!c) return;
    c->at = at;
    c->new_len = length;
    if (at < c->size) {
        c->old_len = (off_t)length < c->size - at ? length : (size_t)(c->size - at);
        c->old = malloc(c->old_len);
        if (pread(c->fd, c->old, c->old_len, at) != (ssize_t)c->old_len) c->old_len = 0;
    }
    remember(c);
}

__attribute__((constructor)) static void begin(void) {
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    const char *text = getenv("CUT_DIR");
    if (text) snprintf(folder, sizeof folder, "%s/", text);
    if ((text = getenv("CUT_AT"))) cut_at = atol(text);
    if ((text = getenv("CUT_KEEP"))) keep_percent = atoi(text);
    blind = getenv("CUT_BLIND") != NULL;
    if ((text = getenv("CUT_SEED"))) dice ^= (unsigned long long)atoll(text) * 0x9E3779B97F4A7C15ULL;
    for (int i = 0; i < 8; i++) roll(2);
    if (folder[0]) signal(SIGUSR2, on_signal);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) {
    char path[PATH_MAX];
    if (!meant_fd(fd, path)) return real_pwrite(fd, data, length, at);
    pthread_mutex_lock(&lock);
    remember_write(fd, path, length, at);
    ssize_t done = real_pwrite(fd, data, length, at);
    one_more();
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

ssize_t write(int fd, const void *data, size_t length) {
    char path[PATH_MAX];
    if (!meant_fd(fd, path)) return real_write(fd, data, length);
    pthread_mutex_lock(&lock);
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (at >= 0) remember_write(fd, path, length, at);
    ssize_t done = real_write(fd, data, length);
    one_more();
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate64(int fd, off_t size) {
    char path[PATH_MAX];
    if (!meant_fd(fd, path)) return real_ftruncate(fd, size);
    pthread_mutex_lock(&lock);
    struct change *c = of_file(fd, path, TRUNCATED);
    if (c && size < c->size) {
        c->at = size;
        c->old_len = (size_t)(c->size - size);
        c->old = malloc(c->old_len);
        if (pread(c->fd, c->old, c->old_len, size) != (ssize_t)c->old_len) c->old_len = 0;
    }
    if (c) remember(c);
    int done = real_ftruncate(fd, size);
    one_more();
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    struct stat now;
    if (!meant_fd(fd, path) && !(folder[0] && !strncmp(path, folder, strlen(folder) - 1))) return real(fd);
    pthread_mutex_lock(&lock);
    one_more(); /* before it is covered */
    int done = real(fd);
    if (!done && !blind && !fstat(fd, &now)) covered(now.st_dev, now.st_ino, S_ISDIR(now.st_mode));
    one_more();
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int fd) { return synced(fd, real_fsync); }

int fdatasync(int fd) { return synced(fd, real_fdatasync); }

int rename(const char *from, const char *to) {
    if (!meant(to)) return real_rename(from, to);
    pthread_mutex_lock(&lock);
    struct change *c = calloc(1, sizeof *c);
    c->kind = RENAMED;
    c->fd = -1;
    snprintf(c->from, sizeof c->from, "%s", from);
    snprintf(c->to, sizeof c->to, "%s", to);
    if (!access(to, F_OK)) {
        snprintf(c->saved, sizeof c->saved, "%s.cut-%ld", to, calls);
        if (link(to, c->saved)) c->saved[0] = 0;
    }
    int done = real_rename(from, to);
    if (done) free(c);
    else remember(c);
    one_more();
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) {
    struct stat now;
    /* A socket's name stands for a living process: no power cut brings it back. */
    if (!meant(path) || lstat(path, &now) || !S_ISREG(now.st_mode)) return real_unlink(path);
    pthread_mutex_lock(&lock);
    struct change *c = calloc(1, sizeof *c);
    c->kind = UNLINKED;
    c->fd = -1;
    snprintf(c->from, sizeof c->from, "%s", path);
    snprintf(c->saved, sizeof c->saved, "%s.cut-%ld", path, calls);
    int done = real_rename(path, c->saved);
    if (done) free(c);
    else remember(c);
    one_more();
    pthread_mutex_unlock(&lock);
    return done;
}
