namespace Orchestrator.Runtime.Resources;

/// <summary>Files of cgroup v2 by name, as they are.</summary>
internal static class UnifiedPlan
{
    public static void Add(WriteList list, Dictionary<string, string> files)
    {
        foreach (var (file, value) in files)
        {
            var field = $"unified[\"{file}\"]";
            Check(field, file, value);
            var directory = Directory(list, field, file, value);
            foreach (var line in value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                list.Add(field, value, directory, file, line,
                    "what it takes is in the kernel's cgroup-v2.rst");
        }
    }

    /// <summary>The first part of a file's name.</summary>
    public static string Controller(string file) => file.Split('.')[0];

    private static void Check(string field, string file, string value)
    {
        if (file.Length == 0 || !file.Contains('.', StringComparison.Ordinal) || file[0] == '.'
            || file.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_')))
            throw WriteList.Fault(field, $"\"{value}\"", "it is no name of a file of cgroup v2, such as memory.high");
        // The others are how the runtime places and ends processes.
        if (Controller(file) == "cgroup" && !file.StartsWith("cgroup.max.", StringComparison.Ordinal))
            throw WriteList.Fault(field, $"\"{value}\"", "of the files of cgroup itself only cgroup.max.* can be set");
        if (value is null)
            throw WriteList.Fault(field, "null", "leave it out");
    }

    private static string Directory(WriteList list, string field, string file, string value)
    {
        if (Controller(file) == "cgroup")
            return list.Cgroups.UnifiedDirectory
                ?? throw WriteList.Fault(field, $"\"{value}\"", "this host has no cgroup v2");
        return list.Need(Controller(file), field, $"\"{value}\"") is ({ } directory, true) ? directory
            : throw WriteList.Fault(field, $"\"{value}\"",
                $"on this host {Controller(file)} is a controller of cgroup v1; use the settings beside unified");
    }
}
