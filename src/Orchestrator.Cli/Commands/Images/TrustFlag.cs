using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Images;

/// <summary><c>--disable-content-trust</c>: on is all it can be, as nothing here checks Notary's signatures.</summary>
internal sealed class TrustFlag() : Flag("disable-content-trust", null, "", "Do not verify signatures")
{
    public override string? ValueIfBare => "true";

    public override string DefaultText => "true";

    protected override void Accept(string text)
    {
        if (text is not ("1" or "t" or "T" or "true" or "TRUE" or "True"))
            throw new FormatException("signatures are not verified here: name the image by digest, NAME@sha256:…");
    }
}
