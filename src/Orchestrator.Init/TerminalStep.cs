namespace Orchestrator.Init;

/// <summary>A pseudo terminal out of the container's own devpts, so that <c>tty</c> names it right inside.</summary>
internal static unsafe class TerminalStep
{
    private const long DevptsMagic = 0x1cd1, ReadWriteNoctty = 2 | 0x100;
    private const long SetLock = 0x40045431, GetPeer = 0x5441, SetSize = 0x5414, SetControlling = 0x540e;

    public static long Execute(PlanStep* step)
    {
        var path = stackalloc byte[32];
        Bytes.Append(path, "dev/pts/ptmx");
        var master = Resolve.Open(path, noSymlinks: true, ReadWriteNoctty);
        if (master < 0)
            return master;
        var status = stackalloc long[16];
        var result = Syscall.Call(Syscall.Fstatfs, master, (long)status);
        if (result < 0 || status[0] != DevptsMagic)
            return result < 0 ? result : -Syscall.Einval;
        var unlocked = 0;
        result = Syscall.Call(Syscall.Ioctl, master, SetLock, (long)&unlocked);
        if (result < 0)
            return result;
        var peer = Syscall.Call(Syscall.Ioctl, master, GetPeer, ReadWriteNoctty);
        if (peer < 0)
            return peer;
        SetWindow(master, step->A);
        if ((step->Flags & PlanFlag.Console) != 0 && (result = BindConsole(peer)) < 0)
            return result;
        result = Plan.SendFd(ReportKind.Terminal, (int)master);
        return result < 0 ? result : Take(peer);
    }

    private static void SetWindow(long master, long size)
    {
        var window = stackalloc ushort[4];
        window[0] = (ushort)size;
        window[1] = (ushort)(size >> 32);
        window[2] = 0;
        window[3] = 0;
        if (size != 0)
            Syscall.Call(Syscall.Ioctl, master, SetSize, (long)window);
    }

    private static long BindConsole(long peer)
    {
        var path = stackalloc byte[16];
        Bytes.Append(path, "dev/console");
        var target = Resolve.File(path, noSymlinks: true); // Of the image, it might lead into /proc (CVE-2025-52565).
        if (target < 0)
            return target;
        var tree = MountSteps.CloneTree(peer, recursive: false);
        if (tree < 0)
            return tree;
        var result = MountSteps.Attach(tree, target);
        Syscall.Call(Syscall.Close, tree);
        Syscall.Call(Syscall.Close, target);
        return result;
    }

    private static long Take(long peer)
    {
        for (var fd = 0; fd < 3; fd++)
        {
            var result = Syscall.Call(Syscall.Dup3, peer, fd);
            if (result < 0)
                return result;
        }

        Syscall.Call(Syscall.Setsid);
        return Syscall.Call(Syscall.Ioctl, 0, SetControlling);
    }
}
