#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int limit(int resource, unsigned long long most) {
    struct rlimit now;
    if (getrlimit(resource, &now) != 0) return -1;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
    struct rlimit new = {.rlim_cur = most, .rlim_max = most};
    return setrlimit(resource, &new);
}

static void close_others(void) {
    if (close_range(3, ~0U, 0) == 0) return;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_cur = 1024;
    for (int file = 3; file < (int)files.rlim_cur; file++) close(file);
}

// Everything here is done by the child, which shares the parent's memory until it executes.
static int become(const struct cp_program *program, pid_t parent) {
    if (setpgid(0, 0) != 0) return errno;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
    if (getppid() != parent) return ESRCH;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
    if (dup2(program->input, 0) < 0 || dup2(program->output, 1) < 0
        || dup2(program->error, 2) < 0)
        return errno;
    close_others();
    umask(077);
    if (chdir(program->folder) != 0) return errno;
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_AS, program->memory) != 0
        || limit(RLIMIT_FSIZE, program->file_size) != 0)
        return errno;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(program->path, program->arguments, program->environment);
    return errno;
}

int cp_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    for (int end = 0; end < 2; end++) {
        if (ends[end] > 2) continue;
        const int higher = fcntl(ends[end], F_DUPFD_CLOEXEC, 3);
        const int code = errno;
        close(ends[end]);
        ends[end] = higher;
        if (higher >= 0) continue;
        close(ends[1 - end]);
        return code;
    }
    return 0;
}

int cp_start(const struct cp_program *program, pid_t *child) {
    // A handler of the parent must not run in the child, in the parent's memory.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    volatile int failure = 0;
    const pid_t parent = getpid();
    // Unlike fork it copies no page tables, which takes long where models lie in memory.
    const pid_t process = vfork();
    if (process == 0) {
        failure = become(program, parent);
        _exit(127);
    }
    int code = process < 0 ? errno : failure;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (process > 0 && code != 0) {
        // It has ended already.
        while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
        return code;
    }
    *child = process;
    return code;
}
