namespace Orchestrator.Linux.Cgroups;

/// <summary>Sets limits, all of them or none.</summary>
public static class LimitWriter
{
    /// <summary>Several values are bound to each other (memory to memory with swap, burst to quota), and the kernel
    /// wants that kept after each single write; which goes first depends on what is there. So what it calls invalid is
    /// tried once more after all the others.</summary>
    /// <exception cref="CgroupLimitException">Names the setting. Those before it have been taken back.</exception>
    public static void Apply(IEnumerable<CgroupWrite> writes)
    {
        var undo = new Stack<CgroupWrite>();
        var later = new List<CgroupWrite>();
        try
        {
            foreach (var write in writes)
            {
                if (!TryWrite(write, undo))
                    later.Add(write);
            }

            foreach (var write in later)
            {
                if (!TryWrite(write, undo))
                    throw new CgroupLimitException(write, Errno.EINVAL);
            }
        }
        catch (CgroupLimitException)
        {
            Undo(undo);
            throw;
        }
    }

    private static bool TryWrite(CgroupWrite write, Stack<CgroupWrite> undo)
    {
        var before = CgroupFile.TryRead(write.Path);
        try
        {
            CgroupFile.Write(write.Path, write.Value);
        }
        catch (LinuxException e)
        {
            return e.Errno == Errno.EINVAL ? false : throw new CgroupLimitException(write, e.Errno);
        }

        if (before is not null && write.Restore(before) is { } old)
            undo.Push(write with { Value = old });
        return true;
    }

    private static void Undo(Stack<CgroupWrite> undo)
    {
        foreach (var write in undo.Concat(undo)) // Twice, for the same bounds.
        {
            try
            {
                CgroupFile.Write(write.Path, write.Value);
            }
            catch (LinuxException)
            {
                // The error that is told is the one that led here.
            }
        }
    }
}
