/* A USB camera for a process: the calls that a driver answers, with the kernel's own structures.
 *
 * Preloaded into the process. Opening FAKE_VIDEO gives a piece of memory in which the buffers lie one behind the
 * other; ioctl and poll on it are answered here, mmap is the kernel's. A frame is due every FAKE_MS; it goes into the
 * buffer that was given back first, and is dropped where there is none, as by a real driver.
 *
 * FAKE_VIDEO   path of the device
 * FAKE_FORMAT  the one format it gives, four letters (FAKE_BYTES: bytes of a line, and of a whole frame)
 * FAKE_SIZE    width x height, whatever is asked for
 * FAKE_FRAMES  file of frames, shown in turn
 * FAKE_MS      time of a frame
 * FAKE_LAST    after so many frames no more come ("hang"), or the plug is pulled (FAKE_END=unplug)
 * FAKE_BUSY    another program has it
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MOST 8

static int video = -1, frames = -1;
static unsigned width, height, line, size, slot, count, given, last, flow;
static char *memory;
static int queued[MOST], waiting, filled[MOST], ready, streaming;
static long long started, taken;
static unsigned long frame_count;

static const char *said(const char *name, const char *other) {
    const char *value = getenv(name);
    return value ? value : other;
}

static long long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int plugged_out(void) { return last && given >= last && !strcmp(said("FAKE_END", ""), "unplug"); }

/* What has become due since the last call. */
static void expose(void) {
    if (!streaming) return;
    long long due = (now_ms() - started) / atoi(said("FAKE_MS", "33"));
    for (; taken < due; taken++) {
        if (!waiting || (last && given >= last)) continue;
        int at = queued[0];
        memmove(queued, queued + 1, sizeof(int) * --waiting);
        if (pread(frames, memory + (size_t)at * slot, size, (off_t)(taken % frame_count) * size) < 0) continue;
        filled[ready++] = at;
        given++;
    }
}

static int answer(unsigned long request, void *argument) {
    expose();
    switch ((unsigned)request) {
    case (unsigned)VIDIOC_QUERYCAP: {
        struct v4l2_capability *can = argument;
        memset(can, 0, sizeof *can);
        strcpy((char *)can->card, "Fake USB Camera");
        can->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        can->capabilities = can->device_caps | V4L2_CAP_DEVICE_CAPS;
        return 0;
    }
    case (unsigned)VIDIOC_S_FMT: {
        if (getenv("FAKE_BUSY")) return EBUSY;
        struct v4l2_pix_format *pix = &((struct v4l2_format *)argument)->fmt.pix;
        const char *f = said("FAKE_FORMAT", "YUYV");
        pix->pixelformat = v4l2_fourcc(f[0], f[1], f[2], f[3]);
        pix->width = width, pix->height = height, pix->bytesperline = line, pix->sizeimage = size;
        return 0;
    }
    case (unsigned)VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *wanted = argument;
        count = wanted->count < MOST ? wanted->count : MOST;
        wanted->count = count;
        waiting = ready = 0;
        if (count && ftruncate(video, (off_t)slot * count)) return errno;
        if (count) memory = mmap(NULL, (size_t)slot * count, PROT_READ | PROT_WRITE, MAP_SHARED, video, 0);
        return memory == MAP_FAILED ? ENOMEM : 0;
    }
    case (unsigned)VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = argument;
        if (buffer->index >= count) return EINVAL;
        buffer->length = size, buffer->m.offset = buffer->index * slot;
        return 0;
    }
    case (unsigned)VIDIOC_QBUF: {
        struct v4l2_buffer *buffer = argument;
        if (buffer->index >= count || waiting + ready >= (int)count) return EINVAL;
        queued[waiting++] = buffer->index;
        return 0;
    }
    case (unsigned)VIDIOC_DQBUF: {
        struct v4l2_buffer *buffer = argument;
        if (plugged_out() && !ready) return ENODEV;
        if (!ready) return EAGAIN;
        buffer->index = filled[0], buffer->bytesused = size;
        buffer->flags = 0;
        if (flow++ == 1) { /* the second is damaged on the wire */
            buffer->flags = V4L2_BUF_FLAG_ERROR;
            memset(memory + (size_t)buffer->index * slot, 0, size);
        }
        memmove(filled, filled + 1, sizeof(int) * --ready);
        return 0;
    }
    case (unsigned)VIDIOC_STREAMON:
        streaming = 1, started = now_ms(), taken = 0;
        return 0;
    case (unsigned)VIDIOC_STREAMOFF:
        streaming = waiting = ready = 0;
        return 0;
    }
    return EINVAL; /* a control that this camera lacks */
}

static int opened(void) {
    if (sscanf(said("FAKE_SIZE", "640x480"), "%ux%u", &width, &height) != 2) abort();
    if (sscanf(said("FAKE_BYTES", "1280 614400"), "%u %u", &line, &size) != 2) abort();
    slot = (size + 4095) / 4096 * 4096;
    last = atoi(said("FAKE_LAST", "0"));
    if (frames < 0) frames = open(said("FAKE_FRAMES", ""), O_RDONLY | O_CLOEXEC);
    frame_count = lseek(frames, 0, SEEK_END) / size;
    given = flow = streaming = count = 0;
    return video = memfd_create("video", MFD_CLOEXEC);
}

int open64(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    if (!real) real = dlsym(RTLD_NEXT, "open64");
    const char *device = getenv("FAKE_VIDEO");
    if (device && !strcmp(path, device)) return opened();
    va_list more;
    va_start(more, flags);
    int mode = va_arg(more, int);
    va_end(more);
    return real(path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...) {
    static int (*real)(int, unsigned long, ...);
    if (!real) real = dlsym(RTLD_NEXT, "ioctl");
    va_list more;
    va_start(more, request);
    void *argument = va_arg(more, void *);
    va_end(more);
    if (video < 0 || fd != video) return real(fd, request, argument);
    int error = answer(request, argument);
    errno = error;
    return error ? -1 : 0;
}

int poll(struct pollfd *asked, nfds_t number, int timeout) {
    static int (*real)(struct pollfd *, nfds_t, int);
    if (!real) real = dlsym(RTLD_NEXT, "poll");
    if (number != 1 || video < 0 || asked->fd != video) return real(asked, number, timeout);
    for (long long until = now_ms() + timeout;; usleep(500)) {
        expose();
        asked->revents = ready ? POLLIN : plugged_out() ? POLLERR : 0;
        if (asked->revents || now_ms() >= until) return asked->revents ? 1 : 0;
    }
}
