using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Io;

/// <summary>Terminals: size and raw mode, without the Console class, which has ideas of its own about both.</summary>
public static unsafe partial class TerminalCalls
{
    private const nuint GetSize = 0x5413, SetSize = 0x5414;
    private const int TermiosBytes = 60;
    private const int LocalModes = 3; // c_iflag, c_oflag, c_cflag, c_lflag
    private const uint Echo = 0x8;

    public static bool IsTerminal(int fd) => isatty(fd) == 1;

    /// <returns>Null: no terminal, or one that has no size.</returns>
    public static (ushort Rows, ushort Columns)? Size(int fd)
    {
        var window = stackalloc ushort[4];
        return ioctl(fd, GetSize, window) == 0 && window[0] != 0 ? (window[0], window[1]) : null;
    }

    public static void Resize(int fd, ushort rows, ushort columns)
    {
        var window = stackalloc ushort[] { rows, columns, 0, 0 };
        LinuxException.Check(ioctl(fd, SetSize, window), "ioctl", "TIOCSWINSZ");
    }

    /// <summary>Every byte as it is typed, nothing echoed.</summary>
    /// <returns>What <see cref="Restore"/> takes to undo it.</returns>
    public static byte[] MakeRaw(int fd)
    {
        var saved = new byte[TermiosBytes];
        var raw = stackalloc byte[TermiosBytes];
        LinuxException.Check(tcgetattr(fd, raw), "tcgetattr", $"fd {fd}");
        new Span<byte>(raw, TermiosBytes).CopyTo(saved);
        cfmakeraw(raw);
        LinuxException.Check(tcsetattr(fd, 0, raw), "tcsetattr", $"fd {fd}");
        return saved;
    }

    /// <summary>What is typed is not shown, for a password; lines are still lines.</summary>
    /// <returns>What <see cref="Restore"/> takes to undo it.</returns>
    public static byte[] HideInput(int fd)
    {
        var saved = new byte[TermiosBytes];
        var hidden = stackalloc byte[TermiosBytes];
        LinuxException.Check(tcgetattr(fd, hidden), "tcgetattr", $"fd {fd}");
        new Span<byte>(hidden, TermiosBytes).CopyTo(saved);
        ((uint*)hidden)[LocalModes] &= ~Echo;
        LinuxException.Check(tcsetattr(fd, 0, hidden), "tcsetattr", $"fd {fd}");
        return saved;
    }

    public static void Restore(int fd, byte[] saved)
    {
        fixed (byte* settings = saved)
            LinuxException.Check(tcsetattr(fd, 0, settings), "tcsetattr", $"fd {fd}");
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int isatty(int fd);
    [LibraryImport("libc", SetLastError = true)] private static partial int ioctl(
        int fd, nuint request, ushort* window);
    [LibraryImport("libc", SetLastError = true)] private static partial int tcgetattr(int fd, byte* settings);
    [LibraryImport("libc", SetLastError = true)] private static partial int tcsetattr(int fd, int when, byte* settings);
    [LibraryImport("libc")] private static partial void cfmakeraw(byte* settings);
}
