using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Syntax;

internal static class Corpus
{
    /// <summary>Every instruction, flag and form that there is.</summary>
    public const string Everything = """
        # syntax=docker/dockerfile:1
        # check=skip=JSONArgsRecommended
        ARG VERSION=3.20
        ARG EXTRA
        FROM --platform=$BUILDPLATFORM golang:${VERSION:-latest} AS build
        # TARGET what is built
        ARG TARGET=linux \
            # why not
            FLAGS="-s -w"
        ENV PATH=/go/bin:$PATH CGO_ENABLED="0"
        ENV legacy one two  three
        WORKDIR /src
        COPY --link --chmod=0755 go.mod go.sum ./
        RUN --mount=type=cache,target=/root/.cache,sharing=locked,mode=0700 \
            --mount=type=secret,id=netrc,target=/root/.netrc,required=true \
            --mount=type=ssh --mount=type=tmpfs,target=/tmp,size=64m \
            --mount=type=bind,from=tools,source=/bin,target=/tools,rw \
            go build -o /out ./... \

            && true
        RUN <<EOF
        set -e
        echo $HOME
        EOF
        RUN <<-'PY' python3 && cat <<END
        	print("x")
        	PY
        tail
        END
        FROM scratch
        MAINTAINER Someone <a@b>
        LABEL org.example.name="a b" \
              other='$x'
        COPY --from=build --chown=1000:1000 --parents --exclude=**/*.o /out/./a /b/
        COPY <<-EOF <<"RAW" /etc/
        	line $VERSION
        	EOF
        $raw
        RAW
        COPY ["with space", "also this", "/dst/"]
        ADD --checksum=sha256:0123 --unpack=false https://example.com/x.tar.gz /x/
        ADD --keep-git-dir=true https://github.com/a/b.git#v1:dir /b
        USER nobody:nogroup
        EXPOSE 80/tcp 53/udp 7000-7010
        VOLUME ["/data", "/log"]
        VOLUME /a /b
        STOPSIGNAL SIGQUIT
        SHELL ["/bin/bash", "-o", "pipefail", "-c"]
        HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=2 CMD curl -f http://localhost/ || exit 1
        HEALTHCHECK NONE
        ONBUILD COPY . /app
        ONBUILD RUN <<EOF
        make
        EOF
        ENTRYPOINT ["/out"]
        CMD serve --port 80

        """;

    /// <summary>The tree as a Dockerfile again.</summary>
    public static string Write(Dockerfile file) => string.Concat([
        .. file.MetaArgs.Select(Write), .. file.Stages.Select(stage => Write(stage.From) + string.Concat(
            stage.Instructions.Select(Write)))]);

    private static string Write(Instruction instruction) => instruction.Original + "\n" + string.Concat(
        instruction.Heredocs.Select(heredoc => $"{heredoc.Content}{heredoc.Name}\n"));
}
