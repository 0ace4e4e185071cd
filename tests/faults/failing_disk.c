/* A disk that fails at the n-th write: loaded before the C library (LD_PRELOAD).

   Writes, syncs, truncations, renames and new files below FAILING_DISK are counted; from the armed
   count on, as many as told fail with the error told. A write may be torn: half of it arrives.
   Driven from Python through ctypes: failing_disk_arm(at, times, error, torn), failing_disk_count(). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long count, at = -1, times;
static int error, torn;

void failing_disk_arm(long first, long how_many, int with, int half)
{
    count = 0;
    at = first;
    times = how_many;
    error = with;
    torn = half;
}

long failing_disk_count(void) { return count; }

static int below(const char *path)
{
    const char *disk = getenv("FAILING_DISK");
    return disk != NULL && path != NULL && strncmp(path, disk, strlen(disk)) == 0;
}

static int on_disk(int file)
{
    char name[64], path[PATH_MAX];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return below(path);
}

static int fails(void)
{
    long now = __sync_add_and_fetch(&count, 1);
    return at >= 0 && now >= at && now < at + times;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define REFUSE                                                                                     \
    do {                                                                                           \
        errno = error;                                                                             \
        return -1;                                                                                 \
    } while (0)

#define WRITES(name, ...)                                                                          \
    if (on_disk(file) && fails()) {                                                                \
        if (torn && size > 1)                                                                      \
            real(__VA_ARGS__);                                                                     \
        REFUSE;                                                                                    \
    }

ssize_t write(int file, const void *data, size_t size)
{
    REAL(write);
    WRITES(write, file, data, size / 2)
    return real(file, data, size);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t place)
{
    REAL(pwrite);
    WRITES(pwrite, file, data, size / 2, place)
    return real(file, data, size, place);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t place)
{
    REAL(pwrite64);
    WRITES(pwrite64, file, data, size / 2, place)
    return real(file, data, size, place);
}

#define OF_FILE(name)                                                                              \
    int name(int file)                                                                             \
    {                                                                                              \
        REAL(name);                                                                                \
        if (on_disk(file) && fails())                                                              \
            REFUSE;                                                                                \
        return real(file);                                                                         \
    }
OF_FILE(fsync)
OF_FILE(fdatasync)

#define TRUNCATES(name, offset)                                                                    \
    int name(int file, offset size)                                                                \
    {                                                                                              \
        REAL(name);                                                                                \
        if (on_disk(file) && fails())                                                              \
            REFUSE;                                                                                \
        return real(file, size);                                                                   \
    }
TRUNCATES(ftruncate, off_t)
TRUNCATES(ftruncate64, off64_t)

int rename(const char *from, const char *to)
{
    REAL(rename);
    if (below(to) && fails())
        REFUSE;
    return real(from, to);
}

/* A file that is made or opened to be written. */
#define OPENS(name)                                                                                \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        REAL(name);                                                                                \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        mode_t mode = va_arg(more, mode_t);                                                        \
        va_end(more);                                                                              \
        if ((flags & O_CREAT) && below(path) && fails())                                           \
            REFUSE;                                                                                \
        return real(path, flags, mode);                                                            \
    }
OPENS(open)
OPENS(open64)
