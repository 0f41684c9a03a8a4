// Preloaded into the program: counts its calls on files below a folder and does something at the
// n-th of a kind: a signal, an error, a short transfer.
//
//   CHAOS_SCOPE   the folder; relative paths count as below it, too
//   CHAOS_CALL    the kind of call: write, fsync, rename, mkdir, open, unlink, rmdir, link,
//                 ftruncate, flock, read
//   CHAOS_AT      the number of the call, from 1
//   CHAOS_EVERY   after CHAOS_AT, each so many calls again; 0 for never again
//   CHAOS_SIGNAL  what the process gets before the call
//   CHAOS_ERROR   what the call fails with instead of being made
//   CHAOS_SHORT   1: a write writes its first half; with CHAOS_ERROR, and then fails
//   CHAOS_LOG     a file that gets a line "call path" for each call that something was done to,
//                 or for every call where CHAOS_CALL is "all"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;
static long at, every;
static int signal_number, error_number, is_short;
static const char *scope, *kind;
static int log_file = -1;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void prepare(void) {
    scope = getenv("CHAOS_SCOPE");
    kind = getenv("CHAOS_CALL");
    at = number("CHAOS_AT");
    every = number("CHAOS_EVERY");
    signal_number = number("CHAOS_SIGNAL");
    error_number = number("CHAOS_ERROR");
    is_short = number("CHAOS_SHORT");
    const char *log = getenv("CHAOS_LOG");
    if (log) {
        log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                           0644);
    }
}

static int is_below(const char *path) {
    size_t length = strlen(scope);
    return strncmp(path, scope, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static void note(const char *call, const char *path) {
    char line[4400];
    int length = snprintf(line, sizeof line, "%s %s\n", call, path);
    if (log_file >= 0 && length > 0) syscall(SYS_write, log_file, line, (size_t)length);
}

// Whether this call is one that something is done to; a signal is sent right here.
static int is_hit(const char *call, const char *path) {
    if (!scope || !kind || !path || (path[0] == '/' && !is_below(path))) return 0;
    if (strcmp(kind, "all") == 0) {
        note(call, path);
        return 0;
    }
    if (strcmp(kind, call) != 0) return 0;
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (n != at && !(every > 0 && n > at && (n - at) % every == 0)) return 0;
    note(call, path);
    if (signal_number) {
        kill(getpid(), signal_number);
        return 0;
    }
    return 1;
}

static int is_descriptor_hit(const char *call, int file) {
    char link[64], path[4200];
    if (file <= 2) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || path[0] != '/') return 0;
    path[length] = 0;
    return is_hit(call, path);
}

#define REAL(name) \
    static typeof(&name) real; \
    if (!real) real = (typeof(&name))dlsym(RTLD_NEXT, #name)

#define FAIL_IF(hit) \
    if ((hit) && error_number) { \
        errno = error_number; \
        return -1; \
    }

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    if (is_descriptor_hit("write", file)) {
        if (is_short && count > 1) {
            ssize_t done = real(file, bytes, count / 2);
            if (!error_number) return done;
        }
        FAIL_IF(1)
    }
    return real(file, bytes, count);
}

ssize_t read(int file, void *bytes, size_t count) {
    REAL(read);
    if (is_descriptor_hit("read", file)) {
        if (is_short && count > 1) return real(file, bytes, count / 2);
        FAIL_IF(1)
    }
    return real(file, bytes, count);
}

int fsync(int file) {
    REAL(fsync);
    FAIL_IF(is_descriptor_hit("fsync", file))
    return real(file);
}

int ftruncate(int file, off_t length) {
    REAL(ftruncate);
    FAIL_IF(is_descriptor_hit("ftruncate", file))
    return real(file, length);
}

int flock(int file, int operation) {
    REAL(flock);
    FAIL_IF(is_descriptor_hit("flock", file))
    return real(file, operation);
}

int rename(const char *path, const char *destination) {
    REAL(rename);
    FAIL_IF(is_hit("rename", destination))
    return real(path, destination);
}

int link(const char *path, const char *destination) {
    REAL(link);
    FAIL_IF(is_hit("link", destination))
    return real(path, destination);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    FAIL_IF(is_hit("mkdir", path))
    return real(path, mode);
}

int unlink(const char *path) {
    REAL(unlink);
    FAIL_IF(is_hit("unlink", path))
    return real(path);
}

int rmdir(const char *path) {
    REAL(rmdir);
    FAIL_IF(is_hit("rmdir", path))
    return real(path);
}

// A mode follows only where the flags say so.
#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    REAL(open);
    MODE_OF(flags)
    FAIL_IF(is_hit("open", path))
    return real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    MODE_OF(flags)
    FAIL_IF(is_hit("open", path))
    return real(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    REAL(openat);
    MODE_OF(flags)
    FAIL_IF(is_hit("open", path))
    return real(folder, path, flags, mode);
}
