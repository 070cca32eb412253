using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Terminals;

/// <summary>What a client needs of the terminal behind one of its file descriptors.</summary>
/// <remarks>Source: termios(3), ioctl_tty(2). The descriptor stays the caller's.</remarks>
public static partial class Terminal
{
    private const int TCSANOW = 0;
    private const nuint TIOCGWINSZ = 0x5413;

    public static bool IsTerminal(int fd) => isatty(fd) == 1;

    /// <summary>Rows and columns; zero for both when it is no terminal or does not know.</summary>
    public static (int Rows, int Columns) Size(int fd)
    {
        var size = default(WindowSize);
        return ioctl(fd, TIOCGWINSZ, ref size) == 0 ? (size.Rows, size.Columns) : (0, 0);
    }

    /// <summary>Every key goes through as it is, none is echoed; disposing restores what was.</summary>
    /// <exception cref="LinuxException">ENOTTY: no terminal.</exception>
    public static IDisposable MakeRaw(int fd)
    {
        var before = default(Settings);
        LinuxException.Check(tcgetattr(fd, ref before), "tcgetattr", $"fd {fd}");
        var raw = before;
        cfmakeraw(ref raw);
        LinuxException.Check(tcsetattr(fd, TCSANOW, in raw), "tcsetattr", $"fd {fd}");
        return new Restore(fd, before);
    }

    [LibraryImport("libc")]
    private static partial int isatty(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, ref WindowSize size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(int fd, ref Settings settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(int fd, int actions, in Settings settings);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(ref Settings settings);

    private sealed class Restore(int fd, Settings before) : IDisposable
    {
        public void Dispose() => _ = tcsetattr(fd, TCSANOW, in before);
    }

    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    /// <summary>glibc's <c>struct termios</c>.</summary>
    private struct Settings
    {
        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Line;
        public ControlCharacters Characters;
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    [InlineArray(32)]
    private struct ControlCharacters
    {
        private byte _first;
    }
}
