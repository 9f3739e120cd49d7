/* A disk that cannot read some bytes of one file: reads of BAD_INODE that touch what BAD_FROM and BAD_UNTIL
   enclose fail, for BAD_TIMES reads, or for ever where that is 0. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_bad(int file, off_t at, size_t length) {
    static long failed;
    const char *inode = getenv("BAD_INODE");
    struct stat found;
    if (!inode || fstat(file, &found) || (long)found.st_ino != atol(inode)) return 0;
    if (at >= atoll(getenv("BAD_UNTIL")) || at + (off_t)length <= atoll(getenv("BAD_FROM"))) return 0;
    long times = atol(getenv("BAD_TIMES"));
    return !times || failed++ < times;
}

ssize_t pread64(int file, void *into, size_t length, off_t at) {
    static ssize_t (*real)(int, void *, size_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "pread64");
    if (!is_bad(file, at, length)) return real(file, into, length, at);
    errno = EIO;
    return -1;
}

ssize_t pread(int file, void *into, size_t length, off_t at) {
    return pread64(file, into, length, at);
}
