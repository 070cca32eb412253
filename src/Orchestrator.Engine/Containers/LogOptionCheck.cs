using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Engine.Containers;

/// <summary>Refuses options of a log driver that it does not have or cannot use, in the names the user typed.</summary>
public static partial class LogOptionCheck
{
    private static readonly string[] OfAny = ["mode", "max-buffer-size"];
    private static readonly string[] OfFiles = ["max-size", "max-file", "compress"];
    private static readonly string[] Extras = ["labels", "labels-regex", "env", "env-regex", "tag"];
    private static readonly string[] OfSyslog =
    [
        "syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key",
        "syslog-tls-skip-verify",
    ];

    /// <exception cref="EngineException">No such driver or option, or a value it cannot have.</exception>
    public static void Check(LogSpec log)
    {
        var driver = log.Driver.Length > 0 ? log.Driver : LogDrivers.JsonFile;
        if (!LogDrivers.All.Contains(driver))
            throw EngineException.Invalid(
                $"logger: no log driver named '{driver}' is registered; use {string.Join(", ", LogDrivers.All)}");
        var options = log.Options ?? new Dictionary<string, string>();
        foreach (var (name, value) in options)
        {
            if (!OptionsOf(driver).Contains(name))
                throw EngineException.Invalid($"unknown log opt '{name}' for {driver} log driver");
            if (Fault(name, value) is { } remedy)
                throw EngineException.Invalid($"invalid value for log opt {name}: '{value}'; {remedy}");
        }

        if (driver == LogDrivers.JsonFile && options.GetValueOrDefault("compress") is { } compress
            && compress == "true" && !(options.ContainsKey("max-size") && options.GetValueOrDefault("max-file", "1") != "1"))
            throw EngineException.Invalid(
                "compress cannot be true when max-file is less than 2 or max-size is not set");
    }

    private static IEnumerable<string> OptionsOf(string driver) => driver switch
    {
        LogDrivers.JsonFile => [.. OfAny, .. OfFiles, .. Extras],
        LogDrivers.Local => [.. OfAny, .. OfFiles],
        LogDrivers.Syslog => [.. OfAny, .. OfSyslog, .. Extras],
        LogDrivers.Journald => [.. OfAny, .. Extras],
        _ => [],
    };

    private static string? Fault(string name, string value) => name switch
    {
        "max-size" when value != "-1" && !Size().IsMatch(value) => "use a size such as 10m, or -1",
        "max-buffer-size" when !Size().IsMatch(value) => "use a size such as 1m",
        "max-file" when !(int.TryParse(value, CultureInfo.InvariantCulture, out var files) && files > 0) =>
            "use 1 or more",
        "compress" when value is not ("true" or "false") => "use true or false",
        "mode" when value is not ("blocking" or "non-blocking") => "use blocking or non-blocking",
        "labels-regex" or "env-regex" when !IsPattern(value) => "it is no regular expression",
        "syslog-address" => SyslogAddress.FaultOf(value),
        "syslog-tls-ca-cert" or "syslog-tls-cert" or "syslog-tls-key" when !value.StartsWith('/') =>
            "use the absolute path of a PEM file",
        "syslog-facility" when SyslogAddress.FacilityOf(value) is null => "use a facility such as daemon or local0",
        "syslog-format" when value is not ("" or "rfc3164" or "rfc5424" or "rfc5424micro") =>
            "use rfc3164, rfc5424 or rfc5424micro",
        _ => null,
    };

    private static bool IsPattern(string value)
    {
        try
        {
            _ = new Regex(value, RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[0-9]+[kmgKMG]?[bB]?$")]
    private static partial Regex Size();
}
