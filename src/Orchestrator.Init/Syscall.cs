using System.Runtime;
using System.Runtime.CompilerServices;

namespace Orchestrator.Init;

/// <summary>System calls of x86-64 by number: the whole outside world of this program.</summary>
internal static unsafe class Syscall
{
    public const int Read = 0, Write = 1, Close = 3, Fstat = 5, Mmap = 9, RtSigaction = 13, RtSigprocmask = 14,
    Ioctl = 16;
    public const int Dup3 = 292, Sendmsg = 46, Clone = 56, Execve = 59, Wait4 = 61, Kill = 62, Getcwd = 79, Chdir = 80;
    public const int Fchdir = 81, Fchown = 93, Umask = 95, Setsid = 112, Setgroups = 116, Setresuid = 117,
    Setresgid = 119;
    public const int Capset = 126, Fstatfs = 138, PivotRoot = 155, Prctl = 157, Mount = 165, Umount2 = 166;
    public const int Sethostname = 170, Setdomainname = 171, ExitGroup = 231, Openat = 257, Mkdirat = 258,
    Mknodat = 259;
    public const int Fchownat = 260, Unlinkat = 263, Symlinkat = 266, Fchmodat = 268, Unshare = 272, Prlimit64 = 302;
    public const int Clone3 = 435, Setns = 308, OpenTree = 428, MoveMount = 429, CloseRange = 436, Openat2 = 437,
    Faccessat2 = 439;
    public const int MountSetattr = 442, RtSigtimedwait = 128, Newfstatat = 262, Seccomp = 317;
    public const int Poll = 7, Lseek = 8, Sendfile = 40, Getpid = 39, Fchmod = 91, Getdents64 = 217, Readlinkat = 267,
    MemfdCreate = 319, Personality = 135, SchedSetaffinity = 203, IoprioSet = 251, SchedSetattr = 314;
    public const int Fsopen = 430, Fsconfig = 431, Fsmount = 432;
    public const int Accept4 = 288, Fcntl = 72, Chroot = 161;

    public const long AtFdcwd = -100, AtEmptyPath = 0x1000, AtRecursive = 0x8000, AtSymlinkNofollow = 0x100;
    public const long OpenTreeClone = 1, OpenTreeCloexec = 0x80000;
    public const int Enoent = 2, Eintr = 4, Eacces = 13, Eexist = 17, Enotdir = 20, Einval = 22, Eloop = 40,
    Enoexec = 8, Echild = 10;

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "orch_syscall")]
    private static extern long Raw(long number, long a, long b, long c, long d, long e, long f);

    /// <summary>
    /// The result, or the negative errno. Repeated on EINTR: no signal handler is ever installed here.
    /// </summary>
    public static long Call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0)
    {
        while (true)
        {
            var result = Raw(number, a, b, c, d, e, f);
            if (result != -Eintr)
                return result;
        }
    }
}
