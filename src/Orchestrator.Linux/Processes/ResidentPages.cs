using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>Pages of this process that the kernel can give back at once: those it can read again from their files.
/// </summary>
public static unsafe partial class ResidentPages
{
    /// <summary>Lets go of all code and constants. What is used next is mapped again from the page cache.</summary>
    public static void DropFileBacked()
    {
        foreach (var mapping in Unchanged())
            Drop(mapping);
    }

    /// <summary>Lets go of those that are unchanged still.</summary>
    public static void Drop(IReadOnlySet<FileMapping> mappings)
    {
        foreach (var mapping in Unchanged().Where(mappings.Contains))
            Drop(mapping);
    }

    /// <summary>Mappings of files that are not writable and of which no page differs from its file: dropping one that
    /// was relocated would bring back the unrelocated page.</summary>
    public static IEnumerable<FileMapping> Unchanged()
    {
        FileMapping? candidate = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (!char.IsAsciiLetterUpper(line[0]))
                candidate = Candidate(line);
            else if (candidate is { } mapping && line.StartsWith("Private_Dirty:", StringComparison.Ordinal)
                && line.AsSpan(14).Trim().SequenceEqual("0 kB"))
                yield return mapping;
        }
    }

    /// <summary>"557294bb3000-557294f4d000 r-xp 0000a000 fe:00 5432727   /usr/bin/program".</summary>
    internal static FileMapping? Candidate(string line)
    {
        var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        // Files of memory are no files that pages could be read again from.
        if (fields.Length < 6 || !fields[5].StartsWith('/') || fields[5].StartsWith("/memfd:", StringComparison.Ordinal)
            || fields[1] is not ("r-xp" or "r--p" or "r--s"))
            return null;
        var dash = fields[0].IndexOf('-', StringComparison.Ordinal);
        var start = nuint.Parse(fields[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var end = nuint.Parse(fields[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new(start, end - start);
    }

    private static void Drop(FileMapping mapping)
    {
        const int dontNeed = 4;
        _ = madvise(mapping.Start, mapping.Length, dontNeed);
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int madvise(nuint start, nuint length, int what);
}
