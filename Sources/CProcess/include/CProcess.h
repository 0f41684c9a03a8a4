// Starting a program between limits, which Swift cannot do: between fork and exec nothing may be
// called that locks or allocates.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <sys/types.h>

/// What a program is started with.
struct cp_program {
    /// The file that is executed.
    const char *path;
    /// Its arguments, from its own name on, and its whole environment; both end with NULL.
    char *const *arguments;
    char *const *environment;
    /// The working folder.
    const char *folder;
    /// Standard input, output and error, each a descriptor above 2.
    int input;
    int output;
    int error;
    /// The most address space of each process, and the longest file that one may write, in bytes.
    unsigned long long memory;
    unsigned long long file_size;
};

/// Starts a program as the leader of a process group of its own.
///
/// Before its first instruction: no other descriptors are open, no signal is blocked or ignored, its
/// limits hold and those of its cores are 0, no set-user-ID program gives it rights, and it is
/// killed when the thread that started it ends.
///
/// Returns 0 and the process in `child`, or the error of what failed.
int cp_start(const struct cp_program *program, pid_t *child);

/// Opens a pipe, reading end first, whose ends no other program gets and are above 2, also where this
/// process has no standard streams.
///
/// Returns 0, or the error.
int cp_pipe(int ends[2]);

#endif
