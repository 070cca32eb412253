using System.Text;

namespace Orchestrator.Linux.Files;

/// <summary>Extended attributes of a path itself: a symbolic link at its end is not followed.</summary>
public static unsafe class ExtendedAttributes
{
    public static void Set(string path, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
            LinuxException.Check(
                LibcFiles.lsetxattr(path, name, bytes, (nuint)value.Length, 0), "lsetxattr", $"{path}, {name}");
    }

    /// <returns>Null: there is no such attribute, or the file system has none.</returns>
    public static byte[]? Get(string path, string name)
    {
        while (true)
        {
            var size = LibcFiles.lgetxattr(path, name, null, 0);
            if (size < 0)
                return IsAbsent() ? null : throw Failed("lgetxattr", path);
            var value = new byte[size];
            fixed (byte* bytes = value)
                size = LibcFiles.lgetxattr(path, name, bytes, (nuint)value.Length);
            if (size >= 0)
                return value[..(int)size];
            if (LastError() != Errno.ERANGE) // Grown between the two calls: ask again.
                return IsAbsent() ? null : throw Failed("lgetxattr", path);
        }
    }

    public static IReadOnlyList<string> List(string path)
    {
        while (true)
        {
            var size = LibcFiles.llistxattr(path, null, 0);
            if (size < 0)
                return IsAbsent() ? [] : throw Failed("llistxattr", path);
            var list = new byte[size];
            fixed (byte* bytes = list)
                size = LibcFiles.llistxattr(path, bytes, (nuint)list.Length);
            if (size >= 0)
                return Encoding.UTF8.GetString(list, 0, (int)size).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            if (LastError() != Errno.ERANGE)
                throw Failed("llistxattr", path);
        }
    }

    public static void Remove(string path, string name) =>
        LinuxException.Check(LibcFiles.lremovexattr(path, name), "lremovexattr", $"{path}, {name}");

    private static bool IsAbsent() => LastError() is Errno.ENODATA or Errno.ENOTSUP;

    private static Errno LastError() => (Errno)System.Runtime.InteropServices.Marshal.GetLastPInvokeError();

    private static LinuxException Failed(string call, string path) => new(call, path, LastError());
}
