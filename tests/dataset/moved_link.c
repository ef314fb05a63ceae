/* Moves a symbolic link on just before the n-th call by which a process looks below it.
 *
 * Preloaded before libc, it counts every call that takes a path below a folder, and every name that
 * is read out of a folder. Readers in Python, C++ and Rust all come through here.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char below[4096], staged[4096], link_path[4096];
static atomic_long calls;
static long moves_at;

void arm(const char *folder, const char *next, const char *path, long at) {
    strcpy(below, folder);
    strcpy(staged, next);
    strcpy(link_path, path);
    moves_at = at;
    atomic_store(&calls, 0);
}

long counted(void) { return atomic_load(&calls); }

static void count(void) {
    if (below[0] && atomic_fetch_add(&calls, 1) + 1 == moves_at) rename(staged, link_path);
}

static void look(const char *path) {
    if (below[0] && path && !strncmp(path, below, strlen(below))) count();
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define WITH_MODE(flags) \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = va_arg(more, mode_t); \
    va_end(more)

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        WITH_MODE(flags); \
        look(path); \
        return real(path, flags, mode); \
    }
#define OPENS_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(name); \
        WITH_MODE(flags); \
        look(path); \
        return real(folder, path, flags, mode); \
    }
#define STATS(name, kind) \
    int name(const char *path, struct kind *told) { \
        REAL(name); \
        look(path); \
        return real(path, told); \
    }
#define STATS_AT(name, kind) \
    int name(int folder, const char *path, struct kind *told, int flags) { \
        REAL(name); \
        look(path); \
        return real(folder, path, told, flags); \
    }
#define READS(name, kind) \
    struct kind *name(DIR *folder) { \
        REAL(name); \
        count(); \
        return real(folder); \
    }

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
STATS(stat, stat)
STATS(stat64, stat64)
STATS(lstat, stat)
STATS(lstat64, stat64)
STATS_AT(fstatat, stat)
STATS_AT(fstatat64, stat64)
READS(readdir, dirent)
READS(readdir64, dirent64)

int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *told) {
    REAL(statx);
    look(path);
    return real(folder, path, flags, mask, told);
}

int access(const char *path, int mode) {
    REAL(access);
    look(path);
    return real(path, mode);
}

DIR *opendir(const char *path) {
    REAL(opendir);
    look(path);
    return real(path);
}

FILE *fopen64(const char *path, const char *mode) {
    REAL(fopen64);
    look(path);
    return real(path, mode);
}

char *realpath(const char *path, char *resolved) {
    REAL(realpath);
    look(path);
    return real(path, resolved);
}
