namespace Orchestrator.Daemon.Startup;

/// <summary>Finds the programs that belong to orchd.</summary>
internal static class Companions
{
    /// <summary>Where the setting says, else beside orchd, else on PATH.</summary>
    /// <exception cref="StartupException">Nowhere.</exception>
    public static string Find(string name, string? configured, string flag)
    {
        if (configured is not null)
        {
            return File.Exists(configured)
                ? Path.GetFullPath(configured)
                : throw new StartupException($"--{flag} is {configured}, which is not there");
        }

        var beside = Path.GetDirectoryName(Environment.ProcessPath) ?? "/";
        var places = new[] { beside }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'));
        return places.Where(place => place.Length > 0).Select(place => Path.Combine(place, name))
        .FirstOrDefault(File.Exists)
            ?? throw new StartupException(
                $"{name} is neither beside orchd nor on PATH; install it, or name it with --{flag}");
    }
}
