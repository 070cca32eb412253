namespace Orchestrator.Init;

/// <summary>The container's file system. All before the pivot, through fds below <see cref="Plan.Root"/>.</summary>
internal static unsafe class MountSteps
{
    private const long MsRdonly = 1, MsNosuid = 2, MsNodev = 4, MsNoexec = 8, MsBind = 0x1000, MsRec = 0x4000,
    MsSlave = 0x80000, MsPrivate = 0x40000;
    private const long DirectoryCloexec = 0x10000 | 0x80000;
    public const int Directory = 0x4000;
    private const int KindMask = 0xf000, CharacterDevice = 0x2000;
    private const long DetachMount = 2, MoveEmptyPaths = 0x4 | 0x40, AttributeReadOnly = 1;

    public static long Execute(PlanStep* step)
    {
        var text1 = Plan.Text(step->Text1);
        switch (step->Op)
        {
            case PlanOp.EnterRoot:
                return EnterRoot(text1, step->A, (int)step->B, step->C);
            case PlanOp.OpenRoot:
                return OpenRoot();
            case PlanOp.Mount or PlanOp.CopyUp:
                return Mount(step);
            case PlanOp.MountAttributes:
                return ChangeAttributes(step);
            case PlanOp.Bind:
                return Bind(step);
            case PlanOp.MakeNode:
                return MakeNode(step);
            case PlanOp.MakeLink:
                return MakeLink(text1, Plan.Text(step->Text2));
            case PlanOp.MakeDirectory:
                return Close(Resolve.Directory(text1, (int)step->A));
            case PlanOp.Mask:
                return Mask(text1);
            case PlanOp.ReadOnly:
                return ReadOnly(text1);
            case PlanOp.ReadOnlyRoot:
                return SetAttributes(Plan.Root, AttributeReadOnly, 0, 0, false);
            case PlanOp.Pivot:
                return Pivot(step->A);
            case PlanOp.MoveRoot:
                return MoveRoot();
            default:
                return -Syscall.Einval;
        }
    }

    /// <summary>
    /// Puts tree <paramref name="tree"/> (an open_tree clone) on <paramref name="target"/>; closes neither.
    /// </summary>
    public static long Attach(long tree, long target)
    {
        byte none = 0;
        return Syscall.Call(Syscall.MoveMount, tree, (long)&none, target, (long)&none, MoveEmptyPaths);
    }

    public static long CloneTree(long fd, bool recursive)
    {
        byte none = 0;
        return Syscall.Call(Syscall.OpenTree, fd, (long)&none, Syscall.OpenTreeClone | Syscall.OpenTreeCloexec
            | Syscall.AtEmptyPath | (recursive ? Syscall.AtRecursive : 0));
    }

    /// <summary>The root is a tree of its own on top of the old one: it needs no mount point that anybody could be kept
    /// from reaching, or that would propagate to the host.</summary>
    private static long EnterRoot(byte* path, long propagation, int tree, long under)
    {
        var slash = stackalloc byte[2];
        Bytes.Append(slash, "/");
        var result = Syscall.Call(Syscall.Mount, 0, (long)slash, 0, propagation);
        if (result >= 0 && under != 0)
            result = TreeSteps.AttachOverRoot(under);
        if (result < 0)
            return result;
        Plan.Root = tree != 0 ? tree
            : (int)Syscall.Call(Syscall.OpenTree, Syscall.AtFdcwd, (long)path,
                Syscall.OpenTreeClone | Syscall.OpenTreeCloexec | Syscall.AtRecursive);
        if (Plan.Root < 0)
            return Plan.Root;
        if ((propagation & MsRec) == 0) // The host's mounts stay shared; what is pivoted to must not be.
            result = SetAttributes(Plan.Root, 0, 0, MsPrivate, recursive: false);
        if (result >= 0)
            result = TreeSteps.AttachOverRoot(Plan.Root);
        return result < 0 ? result : Syscall.Call(Syscall.Fchdir, Plan.Root);
    }

    private static long OpenRoot()
    {
        var slash = stackalloc byte[2];
        Bytes.Append(slash, "/");
        return Plan.Root = (int)Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)slash, DirectoryCloexec);
    }

    private static long Mount(PlanStep* step)
    {
        var path = Plan.Text(step->Text1);
        var noSymlinks = (step->Flags & PlanFlag.NoSymlinks) != 0;
        var stat = stackalloc long[18];
        var before = Resolve.Open(path, noSymlinks);
        var fd = before >= 0 ? before : Resolve.Directory(path, noSymlinks: noSymlinks);
        if (fd < 0)
            return fd;
        var result = Resolve.Allow(fd, step->Flags);
        if (result >= 0)
            result = Syscall.Call(Syscall.Fstat, fd, (long)stat);
        if (result >= 0)
            result = MountOn(fd, step);
        if (result < 0)
            return Close(fd, result);
        if (before >= 0 && (step->Flags & PlanFlag.Keep) != 0)
            result = KeepMode(path, ((int*)stat)[6] & 0xfff);
        if (result >= 0 && step->Op == PlanOp.CopyUp)
            result = CopyUp.Execute(fd, path);
        return Close(fd, result);
    }

    /// <summary>By the working directory, not by /proc/self/fd: in a mount namespace that was joined /proc may be
    /// another's.</summary>
    private static long MountOn(long fd, PlanStep* step) => MountHere(
        fd, Plan.Text(step->Text3), Plan.Text(step->Text2), step->A, Plan.Text(step->Text4));

    private static long MountHere(long directory, byte* source, byte* type, long flags, byte* data)
    {
        var dot = stackalloc byte[2];
        Bytes.Append(dot, ".");
        var result = Syscall.Call(Syscall.Fchdir, directory);
        if (result < 0)
            return result;
        result = Syscall.Call(Syscall.Mount, (long)source, (long)dot, (long)type, flags, (long)data);
        var back = Syscall.Call(Syscall.Fchdir, Plan.Root);
        return result < 0 ? result : back;
    }

    /// <summary>Opened anew: a descriptor from before lies under the mount.</summary>
    private static long KeepMode(byte* path, int mode)
    {
        var fd = Resolve.Open(path, flags: DirectoryCloexec);
        return fd < 0 ? fd : Close(fd, Syscall.Call(Syscall.Fchmod, fd, mode));
    }

    private static long ChangeAttributes(PlanStep* step)
    {
        var fd = Resolve.Open(Plan.Text(step->Text1));
        if (fd < 0)
            return fd;
        var recursive = (step->Flags & PlanFlag.Recursive) != 0;
        return Close(fd, SetAttributes(fd, step->A, step->B, step->C, recursive));
    }

    private static long Bind(PlanStep* step)
    {
        var recursive = (step->Flags & PlanFlag.Recursive) != 0;
        var tree = Syscall.Call(Syscall.OpenTree, Syscall.AtFdcwd, (long)Plan.Text(step->Text2),
            Syscall.OpenTreeClone | Syscall.OpenTreeCloexec | (recursive ? Syscall.AtRecursive : 0));
        if (tree < 0)
            return tree;
        var stat = stackalloc long[18];
        var result = Syscall.Call(Syscall.Fstat, tree, (long)stat);
        if (result >= 0 && (step->A | step->B) != 0) // "ro" is the mount's alone; "rro" is a step of its own.
            result = SetAttributes(tree, step->A, step->B, 0, recursive: false);
        if (result >= 0 && step->C != 0)
            result = SetAttributes(tree, 0, 0, step->C, recursive && (step->C & MsRec) != 0);
        return Close(tree, result < 0 ? result : TreeSteps.Attach(Plan.Text(step->Text1), tree, step->Flags));
    }

    private static long MakeNode(PlanStep* step)
    {
        var name = stackalloc byte[256];
        var parent = Resolve.Parent(Plan.Text(step->Text1), name);
        if (parent < 0)
            return parent;
        var result = Syscall.Call(Syscall.Mknodat, parent, (long)name, step->A, step->B);
        if (result == -Syscall.Eexist && (step->Flags & PlanFlag.Keep) != 0)
            return Close(parent, 0);
        if (result >= 0) // mknod's mode goes through the umask; chmod's does not.
            result = Syscall.Call(Syscall.Fchmodat, parent, (long)name, step->A & 0xfff);
        if (result >= 0 && step->C != 0)
            result = Syscall.Call(
                Syscall.Fchownat, parent, (long)name, step->C & 0xffffffff, step->C >> 32, Syscall.AtSymlinkNofollow);
        return Close(parent, result);
    }

    private static long MakeLink(byte* path, byte* target)
    {
        var name = stackalloc byte[256];
        var parent = Resolve.Parent(path, name);
        if (parent < 0)
            return parent;
        var result = Syscall.Call(Syscall.Symlinkat, (long)target, parent, (long)name);
        return Close(parent, result == -Syscall.Eexist ? 0 : result);
    }

    /// <summary>A directory gets an empty read-only tmpfs, a file the host's null device, verified by number through
    /// its fd: the container's own might be anything (CVE-2025-31133).</summary>
    private static long Mask(byte* path)
    {
        var fd = Resolve.Open(path);
        if (fd < 0)
            return fd is -Syscall.Enoent or -Syscall.Enotdir ? 0 : fd;
        var stat = stackalloc long[18];
        var result = Syscall.Call(Syscall.Fstat, fd, (long)stat);
        if (result < 0)
            return Close(fd, result);
        return Close(fd, Kind(stat) == Directory ? MaskDirectory(fd) : MaskFile(fd));
    }

    private static long MaskDirectory(long fd)
    {
        var type = stackalloc byte[8];
        Bytes.Append(type, "tmpfs");
        var data = stackalloc byte[24];
        Bytes.Append(data, "size=0,nr_inodes=1");
        return MountHere(fd, type, type, MsRdonly | MsNosuid | MsNodev | MsNoexec, data);
    }

    private static long MaskFile(long fd)
    {
        var path = stackalloc byte[16];
        Bytes.Append(path, "/dev/null");
        const long openPath = 0x200000 | 0x80000 | 0x20000;
        var nullDevice = Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)path, openPath);
        if (nullDevice < 0)
            return nullDevice;
        var stat = stackalloc long[18];
        var result = Syscall.Call(Syscall.Fstat, nullDevice, (long)stat);
        if (result >= 0 && (Kind(stat) != CharacterDevice || stat[5] != 0x103))
            result = -Syscall.Einval;
        if (result < 0)
            return Close(nullDevice, result);
        var tree = CloneTree(nullDevice, recursive: false);
        return Close(nullDevice, tree < 0 ? tree : Close(tree, Attach(tree, fd)));
    }

    private static long ReadOnly(byte* path)
    {
        var fd = Resolve.Open(path);
        if (fd < 0)
            return fd is -Syscall.Enoent or -Syscall.Enotdir ? 0 : fd;
        var tree = CloneTree(fd, recursive: true);
        if (tree < 0)
            return Close(fd, tree);
        var result = SetAttributes(tree, AttributeReadOnly, 0, 0, recursive: true);
        if (result >= 0)
            result = Attach(tree, fd);
        return Close(fd, Close(tree, result));
    }

    /// <summary>The new root is the working directory. Stacking the old one on top of it and detaching that needs no
    /// directory of the image to put it in.</summary>
    /// <param name="under">How many mounts lie on the old root: they are found, and go, before it.</param>
    private static long Pivot(long under)
    {
        var slash = stackalloc byte[2];
        Bytes.Append(slash, "/");
        var dot = stackalloc byte[2];
        Bytes.Append(dot, ".");
        var old = Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)slash, DirectoryCloexec);
        if (old < 0)
            return old;
        var result = Syscall.Call(Syscall.PivotRoot, (long)dot, (long)dot);
        if (result >= 0)
            result = Syscall.Call(Syscall.Fchdir, old);
        if (result >= 0) // Else the detaching below would propagate to the host.
            result = Syscall.Call(Syscall.Mount, 0, (long)dot, 0, MsSlave | MsRec);
        for (var mounts = under + 1; mounts > 0 && result >= 0; mounts--)
            result = Syscall.Call(Syscall.Umount2, (long)dot, DetachMount);
        if (result >= 0)
            result = Syscall.Call(Syscall.Chdir, (long)slash);
        return Close(old, result);
    }

    /// <summary>The new root, which is the working directory, lies on top of the old one already, out of which no path
    /// leads any more.</summary>
    private static long MoveRoot()
    {
        var slash = stackalloc byte[2];
        Bytes.Append(slash, "/");
        var dot = stackalloc byte[2];
        Bytes.Append(dot, ".");
        var result = Syscall.Call(Syscall.Chroot, (long)dot);
        return result < 0 ? result : Syscall.Call(Syscall.Chdir, (long)slash);
    }

    private static long SetAttributes(long fd, long set, long clear, long propagation, bool recursive)
    {
        var attributes = stackalloc long[4]; // struct mount_attr: set, clear, propagation, user namespace.
        attributes[0] = set;
        attributes[1] = clear;
        attributes[2] = propagation & ~MsRec;
        attributes[3] = 0;
        byte none = 0;
        var flags = Syscall.AtEmptyPath | (recursive ? Syscall.AtRecursive : 0);
        return Syscall.Call(Syscall.MountSetattr, fd, (long)&none, flags, (long)attributes, 32);
    }

    public static int Kind(long* stat) => ((int*)stat)[6] & KindMask; // st_mode of x86-64 is at byte 24.

    public static long Close(long fd)
    {
        if (fd >= 0)
            Syscall.Call(Syscall.Close, fd);
        return fd;
    }

    public static long Close(long fd, long result)
    {
        Syscall.Call(Syscall.Close, fd);
        return result;
    }
}
