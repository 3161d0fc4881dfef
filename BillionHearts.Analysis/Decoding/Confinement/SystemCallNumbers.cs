using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>Numbers of Linux's system calls, which differ by processor (asm/unistd.h).</summary>
internal sealed class SystemCallNumbers
{
    /// <summary><c>AUDIT_ARCH_…</c>.</summary>
    public required uint Architecture { get; init; }

    public required int Seccomp { get; init; }

    public required uint Clone { get; init; }

    public required uint OpenAt { get; init; }

    /// <summary>The older form of <see cref="OpenAt"/>, where the processor has it.</summary>
    public uint? Open { get; init; }

    /// <summary><c>tgkill</c>.</summary>
    public required uint SignalThread { get; init; }

    /// <summary><c>prlimit64</c>.</summary>
    public required uint Limits { get; init; }

    /// <summary><c>clone3</c> and <c>openat2</c>, whose flags a filter cannot read.</summary>
    public IReadOnlyList<uint> Unknown { get; } = [435, 437];

    public required IReadOnlyList<uint> Refused { get; init; }

    public static SystemCallNumbers? OfThisProcessor => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => s_x64,
        System.Runtime.InteropServices.Architecture.Arm64 => s_arm64,
        _ => null,
    };

    // The same on each processor: pidfd_send_signal, io_uring (3), open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_open, pidfd_getfd,
    // process_madvise, mount_setattr, quotactl_fd, memfd_secret, process_mrelease, fchmodat2, setxattrat, removexattrat, open_tree_attr, file_setattr.
    private static readonly uint[] s_common =
        [424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 440, 442, 443, 447, 448, 452, 463, 466, 467, 469];

    private static readonly SystemCallNumbers s_x64 = new()
    {
        Architecture = 0xc000_003e,
        Seccomp = 317,
        Clone = 56,
        Open = 2,
        OpenAt = 257,
        SignalThread = 234,
        Limits = 302,
        Refused =
        [
            .. s_common,
            41, 53,                                  // socket, socketpair
            57, 58, 59, 322,                         // fork, vfork, execve, execveat
            62, 129, 200, 297,                       // kill, rt_sigqueueinfo, tkill, rt_tgsigqueueinfo
            101, 310, 311,                           // ptrace, process_vm_readv, process_vm_writev
            82, 83, 84, 85, 86, 87, 88,              // rename, mkdir, rmdir, creat, link, unlink, symlink
            258, 259, 263, 264, 265, 266, 316,       // mkdirat, mknodat, unlinkat, renameat, linkat, symlinkat, renameat2
            76, 77, 90, 91, 92, 93, 94, 133,         // truncate, ftruncate, chmod, fchmod, chown, fchown, lchown, mknod
            260, 268, 280, 188, 189, 190,            // fchownat, fchmodat, utimensat, setxattr, lsetxattr, fsetxattr
            155, 161, 165, 166, 272, 304, 308,       // pivot_root, chroot, mount, umount2, unshare, open_by_handle_at, setns
            135, 160, 167, 168, 169, 175, 176,       // personality, setrlimit, swapon, swapoff, reboot, init_module, delete_module
            246, 248, 249, 250, 298, 313, 320,       // kexec_load, add_key, request_key, keyctl, perf_event_open, finit_module, kexec_file_load
            321, 323,                                // bpf, userfaultfd
            132, 197, 198, 199, 235, 261,            // utime, removexattr, lremovexattr, fremovexattr, utimes, futimesat
            29, 30, 31, 64, 68, 240, 241,            // shmget, shmat, shmctl, semget, msgget, mq_open, mq_unlink
            251, 256, 279, 312,                      // ioprio_set, migrate_pages, move_pages, kcmp
            103, 159, 163, 164, 170, 171, 172, 173,  // syslog, adjtimex, acct, settimeofday, sethostname, setdomainname, iopl, ioperm
            179, 227, 300, 305,                      // quotactl, clock_settime, fanotify_init, clock_adjtime
        ],
    };

    private static readonly SystemCallNumbers s_arm64 = new()
    {
        Architecture = 0xc000_00b7,
        Seccomp = 277,
        Clone = 220,
        OpenAt = 56,
        SignalThread = 131,
        Limits = 261,
        Refused =
        [
            .. s_common,
            198, 199, 221, 281,                      // socket, socketpair, execve, execveat
            129, 130, 138, 240,                      // kill, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo
            117, 270, 271,                           // ptrace, process_vm_readv, process_vm_writev
            33, 34, 35, 36, 37, 38, 276,             // mknodat, mkdirat, unlinkat, symlinkat, linkat, renameat, renameat2
            45, 46, 52, 53, 54, 55, 88, 5, 6, 7,     // truncate, ftruncate, fchmod, fchmodat, fchownat, fchown, utimensat, setxattr, lsetxattr, fsetxattr
            39, 40, 41, 51, 97, 265, 268,            // umount2, mount, pivot_root, chroot, unshare, open_by_handle_at, setns
            92, 164, 224, 225, 142, 105, 106,        // personality, setrlimit, swapon, swapoff, reboot, init_module, delete_module
            104, 217, 218, 219, 241, 273, 294,       // kexec_load, add_key, request_key, keyctl, perf_event_open, finit_module, kexec_file_load
            280, 282,                                // bpf, userfaultfd
            14, 15, 16,                              // removexattr, lremovexattr, fremovexattr
            180, 181, 186, 190, 194, 195, 196,       // mq_open, mq_unlink, msgget, semget, shmget, shmctl, shmat
            30, 238, 239, 272,                       // ioprio_set, migrate_pages, move_pages, kcmp
            116, 171, 89, 170, 161, 162,             // syslog, adjtimex, acct, settimeofday, sethostname, setdomainname
            60, 112, 262, 266,                       // quotactl, clock_settime, fanotify_init, clock_adjtime
        ],
    };
}
