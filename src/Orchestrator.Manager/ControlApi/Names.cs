using System.Text.RegularExpressions;
using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>What things may be called: their names are labels of DNS names.</summary>
internal static partial class Names
{
    /// <exception cref="UserException">It may not.</exception>
    public static void Validate(string name, string noun)
    {
        if (name.Length == 0)
            throw UserErrors.Invalid("meta: name must be provided", $"Name the {noun}.");
        if (name.Length > 63)
            throw UserErrors.Invalid(
                "name must be 63 characters or fewer", $"Shorten the name of the {noun} ({name.Length} characters).");
        if (!Form().IsMatch(name))
        {
            throw UserErrors.Invalid(
                "name must be valid as a DNS name component",
                $"\"{name}\" may hold letters, digits, - and _, not at its ends.");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9](?:[-_a-zA-Z0-9]*[a-zA-Z0-9])?$")]
    private static partial Regex Form();
}
