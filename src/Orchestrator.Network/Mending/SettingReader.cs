using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Network.Mending;

/// <summary>Reads kernel settings of one namespace again and again, from any thread.</summary>
/// <remarks>A file below /proc/sys/net is of the namespace in which it was opened: kept open, reading it takes a
/// microsecond instead of a thread that enters.</remarks>
internal sealed class SettingReader(Func<Func<SafeFileHandle?>, SafeFileHandle?> inside) : IDisposable
{
    private readonly Dictionary<string, SafeFileHandle> files = [];

    /// <returns>Null: this kernel has no such setting, or its link is gone.</returns>
    public string? Read(string path)
    {
        if (TryRead(path) is { } value)
            return value;
        if (files.Remove(path, out var stale))
            stale.Dispose();
        if (inside(() => TryOpen($"/proc/sys/net/{path}")) is not { } file)
            return null;
        files[path] = file;
        return TryRead(path);
    }

    public void Dispose()
    {
        foreach (var file in files.Values)
            file.Dispose();
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string? TryRead(string path)
    {
        if (!files.TryGetValue(path, out var file))
            return null;
        try
        {
            Span<byte> buffer = stackalloc byte[64];
            return Encoding.ASCII.GetString(buffer[..RandomAccess.Read(file, buffer, 0)]).Trim();
        }
        catch (IOException)
        {
            return null; // Of a link that is gone.
        }
    }
}
