# Not tried with Homebrew. make.sh fills in the URL and the checksum.
class Flvcast < Formula
  desc "Live stream of a camera, screen or file over HTTP-FLV"
  url "@URL@"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "ffmpeg"
  depends_on "node"

  # The tarball is whole without its packages: they are bundled.
  def install
    libexec.install "bin", "dist", "config.schema.json", "package.json"
    (bin/"flvcast").write_env_script libexec/"bin/flvcast.js", PATH: "#{Formula["node"].opt_bin}:$PATH"
    man1.install "man/flvcast.1"
    generate_completions_from_executable(bin/"flvcast", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_equal version.to_s, shell_output("#{bin}/flvcast --version").strip
    output = shell_output("#{bin}/flvcast start test --port 0 --duration 1 --quiet")
    assert_match "/live/test.flv", output
  end
end
