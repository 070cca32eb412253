namespace Orchestrator.Init;

/// <summary>Mounts that were made where there was the power to make them, and are attached here by descriptor.</summary>
internal static unsafe class TreeSteps
{
    private const int SetFlag = 0, SetString = 1, Create = 6;

    public static long Execute(PlanStep* step) => step->Op switch
    {
        PlanOp.AttachTree => Attach(Plan.Text(step->Text1), step->A, step->Flags),
        PlanOp.PrepareMount => Prepare(step),
        PlanOp.BindNode => BindNode(step->A, Plan.Text(step->Text2), Plan.Text(step->Text1)),
        _ => -Syscall.Einval,
    };

    /// <summary>On top of the old root, which goes away with the pivot: a place that needs no directory anybody could
    /// be kept from reaching.</summary>
    public static long AttachOverRoot(long tree)
    {
        const long openPath = 0x200000 | 0x10000 | 0x80000; // O_PATH, O_DIRECTORY, O_CLOEXEC
        var slash = stackalloc byte[2];
        Bytes.Append(slash, "/");
        var root = Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)slash, openPath);
        return root < 0 ? root : MountSteps.Close(root, MountSteps.Attach(tree, root));
    }

    /// <summary>On a directory or a file, as the tree is one or the other; made if missing.</summary>
    public static long Attach(byte* path, long tree, int flags = 0)
    {
        var stat = stackalloc long[18];
        var result = Syscall.Call(Syscall.Fstat, tree, (long)stat);
        if (result < 0)
            return result;
        var target = MountSteps.Kind(stat) == MountSteps.Directory ? Resolve.Directory(path) : Resolve.File(path);
        if (target < 0)
            return target;
        result = Resolve.Allow(target, flags);
        return MountSteps.Close(target, result < 0 ? result : MountSteps.Attach(tree, target));
    }

    private static long BindNode(long directory, byte* name, byte* path)
    {
        var tree = Syscall.Call(Syscall.OpenTree, directory, (long)name,
            Syscall.OpenTreeClone | Syscall.OpenTreeCloexec);
        return tree < 0 ? tree : MountSteps.Close(tree, Attach(path, tree));
    }

    private static long Prepare(PlanStep* step)
    {
        var context = Syscall.Call(Syscall.Fsopen, (long)Plan.Text(step->Text2), 1);
        if (context < 0)
            return context;
        var key = stackalloc byte[8];
        Bytes.Append(key, "source");
        var result = Syscall.Call(Syscall.Fsconfig, context, SetString, (long)key, (long)Plan.Text(step->Text3), 0);
        if (result >= 0)
            result = SetOptions(context, Plan.Text(step->Text4));
        if (result >= 0)
            result = Syscall.Call(Syscall.Fsconfig, context, Create, 0, 0, 0);
        if (result >= 0)
            result = Syscall.Call(Syscall.Fsmount, context, 1, step->A);
        MountSteps.Close(context);
        const long cloexec = 0x80000;
        return result < 0 ? result
            : MountSteps.Close(result, Syscall.Call(Syscall.Dup3, result, step->B, cloexec));
    }

    /// <summary>"a=b,c": cut in place, one call each.</summary>
    private static long SetOptions(long context, byte* data)
    {
        long result = 0;
        while (data != null && *data != 0 && result >= 0)
        {
            var key = data;
            byte* value = null;
            for (; *data is not 0 and not (byte)','; data++)
            {
                if (*data != (byte)'=' || value != null)
                    continue;
                *data = 0;
                value = data + 1;
            }

            if (*data != 0)
                *data++ = 0;
            result = Syscall.Call(
                Syscall.Fsconfig, context, value == null ? SetFlag : SetString, (long)key, (long)value, 0);
        }

        return result;
    }
}
