using System.Globalization;

namespace Orchestrator.Integration.Support;

/// <summary>How long, or how often: short in tests/run, longer where tests/soak sets the variable.</summary>
public static class SoakSetting
{
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
