namespace Orchestrator.Linux.Cgroups;

/// <summary>The kernel refused a setting: which, what it was to be, why, and what to do.</summary>
#pragma warning disable CA1032 // Without the write it would say nothing.
public sealed class CgroupLimitException(CgroupWrite write, Errno errno)
    : IOException($"{write.Field} is {write.Given}: {Why(errno, System.IO.Path.GetFileName(write.Path))}{Hint(write)}")
{
    public Errno Errno { get; } = errno;

    private static string Why(Errno errno, string file) => errno switch
    {
        Errno.ENOENT => $"this kernel has no {file}",
        Errno.EBUSY => $"more is in use now, or the kernel is busy with it ({file})",
        Errno.ENODEV or Errno.ENXIO => $"there is no such device ({file})",
        Errno.EINVAL or Errno.ERANGE => $"the kernel refuses the value ({file})",
        Errno.EACCES or Errno.EPERM => $"that is not permitted ({file})",
        Errno.EROFS => $"cgroups are mounted read-only here ({file})",
        _ => $"{errno} ({file})",
    };

    private static string Hint(CgroupWrite write) => write.Remedy is { } remedy ? $"; {remedy}" : "";
}
