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
//   CHAOS_FILES   what the file system is like, in words: nolocks (flock fails), openlocks (flock keeps
//                 nobody out), nolinks (link fails), stale (what stat and access said of a path is said
//                 again for a second, unless this process changes something itself)
//   CHAOS_CLOCK   seconds by which the machine's clock is off
//   CHAOS_HOST    what the machine is called
//   CHAOS_LOG     a file that gets a line "call path" for each call that something was done to,
//                 or for every call where CHAOS_CALL is "all"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;
static long at, every;
static int signal_number, error_number, is_short;
static const char *scope, *kind;
static int log_file = -1;
static const char *files, *host;
static long clock_offset;

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
    files = getenv("CHAOS_FILES");
    host = getenv("CHAOS_HOST");
    clock_offset = number("CHAOS_CLOCK");
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

// Whether the file system is like a word says.
static int is_like(const char *word) { return files && strstr(files, word) != NULL; }

// What a client of a shared file system remembers of paths.
#define REMEMBERED 4096
static struct memory {
    char path[512];
    int kind, result, error;
    struct stat status;
    double time;
} *memories;
static pthread_mutex_t remembering = PTHREAD_MUTEX_INITIALIZER;

static double monotonic(void) {
    struct timespec time;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

// It knows what it changes itself.
static void forget(void) {
    if (!is_like("stale")) return;
    pthread_mutex_lock(&remembering);
    if (memories) memset(memories, 0, REMEMBERED * sizeof *memories);
    pthread_mutex_unlock(&remembering);
}

static struct memory *memory_of(const char *path, int kind) {
    if (!memories) memories = calloc(REMEMBERED, sizeof *memories);
    unsigned long hash = 5381 + kind;
    for (const char *next = path; *next; next++) hash = hash * 33 + (unsigned char)*next;
    return memories ? &memories[hash % REMEMBERED] : NULL;
}

// Answers from memory, or asks and remembers; `status` is NULL for access.
static int remembered(int kind, const char *path, struct stat *status,
                      int (*ask)(const char *, struct stat *)) {
    if (!is_like("stale") || !scope || strlen(path) >= sizeof memories->path
        || (path[0] == '/' && !is_below(path))) {
        return ask(path, status);
    }
    pthread_mutex_lock(&remembering);
    struct memory *memory = memory_of(path, kind);
    if (memory && memory->kind == kind && strcmp(memory->path, path) == 0
        && monotonic() - memory->time < 1) {
        if (status) *status = memory->status;
        int result = memory->result;
        if (result != 0) errno = memory->error;
        pthread_mutex_unlock(&remembering);
        return result;
    }
    int result = ask(path, status);
    if (memory) {
        strcpy(memory->path, path);
        memory->kind = kind;
        memory->result = result;
        memory->error = errno;
        if (status) memory->status = *status;
        memory->time = monotonic();
    }
    pthread_mutex_unlock(&remembering);
    return result;
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
    if (is_like("nolocks")) {
        errno = ENOLCK;
        return -1;
    }
    if (is_like("openlocks")) return 0;
    FAIL_IF(is_descriptor_hit("flock", file))
    return real(file, operation);
}

int rename(const char *path, const char *destination) {
    REAL(rename);
    forget();
    FAIL_IF(is_hit("rename", destination))
    return real(path, destination);
}

int link(const char *path, const char *destination) {
    REAL(link);
    if (is_like("nolinks")) {
        errno = EPERM;
        return -1;
    }
    forget();
    FAIL_IF(is_hit("link", destination))
    return real(path, destination);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    forget();
    FAIL_IF(is_hit("mkdir", path))
    return real(path, mode);
}

int unlink(const char *path) {
    REAL(unlink);
    forget();
    FAIL_IF(is_hit("unlink", path))
    return real(path);
}

int rmdir(const char *path) {
    REAL(rmdir);
    forget();
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
    if (flags & O_CREAT) forget();
    FAIL_IF(is_hit("open", path))
    return real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    MODE_OF(flags)
    if (flags & O_CREAT) forget();
    FAIL_IF(is_hit("open", path))
    return real(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    REAL(openat);
    MODE_OF(flags)
    if (flags & O_CREAT) forget();
    FAIL_IF(is_hit("open", path))
    return real(folder, path, flags, mode);
}

// MARK: What a machine and its file system say

static int ask_stat(const char *path, struct stat *status) {
    REAL(stat);
    return real(path, status);
}

static int ask_lstat(const char *path, struct stat *status) {
    REAL(lstat);
    return real(path, status);
}

static int ask_access(const char *path, struct stat *status) {
    (void)status;
    REAL(access);
    return real(path, F_OK);
}

int stat(const char *restrict path, struct stat *restrict status) {
    return remembered(1, path, status, ask_stat);
}

int lstat(const char *restrict path, struct stat *restrict status) {
    return remembered(2, path, status, ask_lstat);
}

int access(const char *path, int mode) {
    if (mode == F_OK) return remembered(3, path, NULL, ask_access);
    REAL(access);
    return real(path, mode);
}

int gethostname(char *name, size_t length) {
    REAL(gethostname);
    if (!host) return real(name, length);
    strncpy(name, host, length);
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += clock_offset;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int result = syscall(SYS_gettimeofday, now, zone);
    if (result == 0) now->tv_sec += clock_offset;
    return result;
}

time_t time(time_t *now) {
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    if (now) *now = wall.tv_sec;
    return wall.tv_sec;
}
