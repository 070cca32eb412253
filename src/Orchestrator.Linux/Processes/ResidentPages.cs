using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>Pages of this process that the kernel can give back at once: those it can read again from their files.
/// </summary>
public static unsafe partial class ResidentPages
{
    /// <summary>Lets go of all code and constants. What is used next is mapped again from the page cache.</summary>
    /// <remarks>Only mappings of files that are not writable and of which no page differs from its file: dropping one
    /// that was relocated would bring back the unrelocated page.</remarks>
    public static void DropFileBacked()
    {
        (nuint Start, nuint Length)? candidate = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (!char.IsAsciiLetterUpper(line[0]))
                candidate = Candidate(line);
            else if (candidate is var (start, length) && line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
            {
                const int dontNeed = 4;
                if (line.AsSpan(14).Trim().SequenceEqual("0 kB"))
                    _ = madvise(start, length, dontNeed);
            }
        }
    }

    /// <summary>"557294bb3000-557294f4d000 r-xp 0000a000 fe:00 5432727   /usr/bin/program".</summary>
    internal static (nuint Start, nuint Length)? Candidate(string line)
    {
        var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || !fields[5].StartsWith('/') || fields[1] is not ("r-xp" or "r--p"))
            return null;
        var dash = fields[0].IndexOf('-', StringComparison.Ordinal);
        var start = nuint.Parse(fields[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var end = nuint.Parse(fields[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (start, end - start);
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int madvise(nuint start, nuint length, int what);
}
