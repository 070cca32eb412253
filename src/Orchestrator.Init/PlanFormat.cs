// Compiled twice: into orch-init, which executes plans, and into orch-runtime, which writes them.
// Hence nothing but constants and blittable structs here.
using System.Runtime.InteropServices;

namespace Orchestrator.Init;

/// <summary>
/// One kind of step. Numbers are the format's; a plan never outlives the binary that carries both sides.
/// </summary>
internal enum PlanOp
{
    /// <summary>Text1: a v1 tasks file on the host, which then holds this (only) thread.</summary>
    JoinCgroup = 1,

    /// <summary>A: its CLONE_NEW* kind. B: fd of the namespace.</summary>
    JoinNamespace = 2,

    /// <summary>A: fd of a pidfd. B: CLONE_NEW* kinds to take from that process.</summary>
    JoinProcess = 3,

    /// <summary>A: CLONE_NEW* kinds.</summary>
    Unshare = 4,

    /// <summary>The rest is done by a child, whose parent is this process's parent; this process reports and ends. The
    /// child is born into the cgroup of <see cref="OpenCgroup"/>, if there was one.</summary>
    Fork = 5,

    /// <summary>Text1: path on the host, before the pivot. Text2: what to write, in one write.</summary>
    WriteFile = 6,

    /// <summary>Text1: root directory on the host. A: propagation given to the host's mounts first. B: fd of a mount tree to
    /// take instead of the directory, or 0. C: fd of one to attach below that, gone with the old root; or 0.</summary>
    EnterRoot = 7,

    /// <summary>Text1: target. Text2: type. Text3: source. Text4: data. A: MS_* flags.</summary>
    Mount = 8,

    /// <summary>Text1: target. Text2: source on the host. A: attributes set. B: attributes cleared. C: propagation, of all
    /// the tree when <see cref="PlanFlag.Recursive"/> and MS_REC say so.</summary>
    Bind = 9,

    /// <summary>Text1: path. A: mode. B: device. C: uid, and gid in the upper half.</summary>
    MakeNode = 10,

    /// <summary>Text1: path. Text2: target.</summary>
    MakeLink = 11,

    /// <summary>Text1: directory. A: mode.</summary>
    MakeDirectory = 12,

    /// <summary>Text1: path to hide; skipped when absent.</summary>
    Mask = 13,

    /// <summary>Text1: path to make read-only with all below; skipped when absent.</summary>
    ReadOnly = 14,

    /// <summary>The root mount itself becomes read-only.</summary>
    ReadOnlyRoot = 15,

    /// <summary>The root becomes <c>/</c> and the host's tree goes away. A: how many mounts EnterRoot put below it.
    /// </summary>
    Pivot = 16,

    /// <summary>A pseudo terminal of the container's own devpts becomes fds 0-2; its master is sent up.
    /// A: rows, and columns in the upper half. Flag 1: also bind it on /dev/console.</summary>
    Terminal = 17,

    /// <summary>Text1: host name.</summary>
    HostName = 18,

    /// <summary>Text1: NIS domain name.</summary>
    DomainName = 19,

    /// <summary>A: resource. B: soft. C: hard.</summary>
    Limit = 20,

    /// <summary>A: umask.</summary>
    Umask = 21,

    /// <summary>Text1: directory inside the container. A: 1: made if missing.</summary>
    ChangeDirectory = 22,

    NoNewPrivileges = 23,

    /// <summary>A: bounding set to keep.</summary>
    BoundingSet = 24,

    /// <summary>A: uid. B: gid. C: offset of gids (u32 each). Flags: their count.</summary>
    Identity = 25,

    /// <summary>A: effective. B: permitted. C: inheritable; ambient is at offset Text1 as u64.</summary>
    Capabilities = 26,

    /// <summary>
    /// Text1: argv[0]. Text2: PATH, or none. Text3: directory-relative names are allowed when it has a slash.
    /// </summary>
    FindProgram = 27,

    /// <summary>Report ready and wait for one byte. A: fd of a listening socket to wait on; who connects to it takes
    /// the place of the runtime, which may be gone by then. 0: the byte comes from the sync socket.</summary>
    WaitForStart = 28,

    /// <summary>A: offset of argv (u64 offsets, 0-terminated). B: the same for the environment. C: how many files from
    /// <see cref="InitFd.FirstPreserved"/> on the program gets as its descriptors 3, 4 …</summary>
    Execute = 29,

    /// <summary>New session.</summary>
    Session = 30,

    /// <summary>The root as it is, for a process that joined a container.</summary>
    OpenRoot = 31,

    /// <summary>Text1: directory of a v2 cgroup on the host, opened while its path still means the host's.</summary>
    OpenCgroup = 33,

    /// <summary>A: how many instructions. B: flags of seccomp(2). C: offset of the instructions. A listener that comes of
    /// it is reported, and held until the runtime has taken it.</summary>
    Seccomp = 40,

    /// <summary>Text1: a file below /proc/thread-self/attr, without that. Text2: what to write there: the label the next
    /// execve takes on.</summary>
    Label = 41,

    /// <summary>Stay pid 1, reaping and passing signals on; the rest is done by a child.</summary>
    Reaper = 32,

    /// <summary>A: an <see cref="InitRequest"/>. Asks the runtime, and waits for its one byte.</summary>
    Ask = 45,

    /// <summary>User 0, group 0, no other group: of the user namespace just entered.</summary>
    BecomeRoot = 46,

    /// <summary>Text1: target. A: fd of a mount tree.</summary>
    AttachTree = 47,

    /// <summary>Text2: type. Text3: source. Text4: data. A: MOUNT_ATTR_*. B: the fd the mount tree becomes.</summary>
    PrepareMount = 48,

    /// <summary>Text1: target. Text2: name below the directory A (fd). What is there is bound on the target.</summary>
    BindNode = 49,

    /// <summary>A program run to its end, which must be success. Text1: its path. A: offset of argv. B: of the
    /// environment. C: milliseconds it has, or 0. Text2, Text3: its standard input, before and after this process's own
    /// pid.</summary>
    Hook = 50,

    /// <summary>Text1: a struct sched_attr.</summary>
    Scheduler = 51,

    /// <summary>A: IOPRIO_PRIO_VALUE.</summary>
    IoPriority = 52,

    /// <summary>A: PER_*.</summary>
    Personality = 53,

    /// <summary>Text1: a CPU set. A: its length in bytes.</summary>
    Affinity = 54,

    /// <summary>Text1: where something is mounted. A: attributes set. B: attributes cleared. C: propagation.</summary>
    MountAttributes = 55,

    /// <summary>As <see cref="Mount"/>; then what was in the directory is copied into the new mount.</summary>
    CopyUp = 56,

    /// <summary>As <see cref="Pivot"/>, for a root that cannot be pivoted out of (an initramfs): the new root is moved
    /// over the old one.</summary>
    MoveRoot = 70,
}

/// <summary>Flags of a step.</summary>
internal static class PlanFlag
{
    /// <summary>A failure is passed over: the kernel may lack the thing.</summary>
    public const int Optional = 1 << 30;

    /// <summary>Bind: with the mounts below.</summary>
    public const int Recursive = 1;

    /// <summary>Mount: a symbolic link on the way to the target is an error.</summary>
    public const int NoSymlinks = 2;

    /// <summary>Terminal: bind it on /dev/console.</summary>
    public const int Console = 4;

    /// <summary>MakeNode: what is there already stays. Mount: the mode of the directory stays, if there was one.
    /// </summary>
    public const int Keep = 8;

    /// <summary>The target may lie on a procfs; otherwise that is an error.</summary>
    public const int OverProc = 16;
}

[StructLayout(LayoutKind.Sequential)]
internal struct PlanHeader
{
    public const uint ExpectedMagic = 0x4e4c5031;

    public uint Magic;
    public int Steps;
    public int Length;
    public int Reserved;
}

/// <summary>Texts are offsets from the start of the plan to zero-terminated bytes; 0 is none.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PlanStep
{
    public PlanOp Op;
    public int Flags;
    public long A;
    public long B;
    public long C;
    public int Text1;
    public int Text2;
    public int Text3;
    public int Text4;
}

internal enum ReportKind
{
    /// <summary>Value: the pid of the child, in the runtime's pid namespace.</summary>
    Forked = 1,

    /// <summary>The master of the terminal comes with it.</summary>
    Terminal = 2,

    Ready = 3,

    /// <summary>Step and Errno tell which and why; the process then ends. Of a hook that failed by itself Errno is 0 and
    /// Value its wait status; a file with what it said comes with it.</summary>
    Failed = 4,

    /// <summary>Value: a descriptor of init's, the listener of its filter. Answered with one byte.</summary>
    Listener = 40,

    /// <summary>Value: an <see cref="InitRequest"/>, to be answered by one byte once it is done.</summary>
    Request = 5,
}

/// <summary>What only the runtime can do, from outside, for the process that asks.</summary>
internal enum InitRequest
{
    /// <summary>Write the id maps of its new user namespace.</summary>
    IdMaps = 1,

    /// <summary>Set its resource limits: root of a user namespace may not raise them.</summary>
    Limits = 2,

    /// <summary>Run the hooks that see the host, with the container made but for its pivot.</summary>
    Hooks = 3,

    /// <summary>Set its scheduling and its priority of I/O, which takes a right on the host.</summary>
    Scheduling = 4,
}

/// <summary>What init says on the sync socket. A socket closed without <see cref="ReportKind.Failed"/> after
/// <see cref="ReportKind.Forked"/>: the program was executed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Report
{
    public ReportKind Kind;
    public int Step;
    public int Errno;
    public int Value;
}

/// <summary>File descriptors that init is started with.</summary>
internal static class InitFd
{
    public const int Sync = 3;
    public const int Plan = 4;

    /// <summary>The first of those a plan names itself.</summary>
    public const int FirstExtra = 5;

    /// <summary>The first of what is opened of the host for a container: as many as it has mounts and more, so that they
    /// come after all others.</summary>
    public const int FirstOpened = 48;

    /// <summary>No descriptor that init is started with is greater.</summary>
    public const int Last = 447;

    /// <summary>The socket of <see cref="PlanOp.WaitForStart"/>; apart from the others, whose number varies.</summary>
    public const int Listener = 20;

    /// <summary>The first file to be handed on to the program.</summary>
    public const int FirstPreserved = 21;

    public const int MaxPreserved = 24;
}
