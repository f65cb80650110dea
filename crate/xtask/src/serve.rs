//! A server for the finished page on this machine.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use tiny_http::{Header, Method, Request, Response, Server};

/// How many ports are tried where the first one is taken.
const PORTS: u16 = 32;

/// Serves a folder until the program is stopped.
pub(crate) fn run(folder: &Path, port: u16) -> Result<()> {
    if !folder.join("index.html").is_file() {
        bail!("there is no page in {}: build it with `cargo xtask build`", folder.display());
    }
    let (server, address) = listen(port)?;
    println!("http://{address}/");
    for request in server.incoming_requests() {
        // A browser that goes away in the middle of an answer is its own business.
        let _ = answer(folder, request);
    }
    Ok(())
}

fn listen(first: u16) -> Result<(Server, SocketAddr)> {
    for port in first..=first.saturating_add(PORTS - 1) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        match Server::http(address) {
            Ok(server) => {
                let address = server.server_addr().to_ip().context("the server has no address")?;
                return Ok((server, address));
            }
            Err(error) if is_taken(error.as_ref()) => {}
            Err(error) => return Err(anyhow!("cannot listen on {address}: {error}")),
        }
    }
    bail!("ports {first} to {} are all taken: choose another with `--port`", first.saturating_add(PORTS - 1))
}

fn is_taken(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

fn answer(folder: &Path, request: Request) -> Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return Ok(request.respond(Response::empty(405))?);
    }
    let Some(path) = find(&files(folder)?, request.url()) else {
        return Ok(request.respond(Response::from_string("not found").with_status_code(404))?);
    };
    let content_type = content_type(&path);
    let mut response = Response::from_data(fs::read(folder.join(path))?);
    for (name, value) in
        [("Content-Type", content_type), ("Cache-Control", "no-cache"), ("X-Content-Type-Options", "nosniff")]
    {
        let header =
            Header::from_bytes(name, value).map_err(|()| anyhow!("{name}: {value}: not a header"))?;
        response.add_header(header);
    }
    Ok(request.respond(response)?)
}

/// All files below a folder, as paths relative to it. Links are not followed.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path().strip_prefix(folder)?.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The file that a URL asks for. A URL is only compared with the names that are there and never becomes a path
/// itself, so it cannot lead out of the folder.
fn find(files: &[PathBuf], url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.strip_prefix('/')?;
    let name = if path.is_empty() { "index.html" } else { path };
    files.iter().find(|file| file.to_str().is_some_and(|file| file.replace('\\', "/") == name)).cloned()
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("assets")).unwrap();
        for name in ["index.html", "assets/page.js", "assets/a..b.css"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        folder
    }

    #[test]
    fn finds_files_by_url() {
        let page = page();
        let files = files(page.path()).unwrap();
        for (url, name) in [
            ("/", "index.html"),
            ("/?sample=vhd", "index.html"),
            ("/index.html#view=hex", "index.html"),
            ("/assets/page.js?v=1", "assets/page.js"),
            ("/assets/a..b.css", "assets/a..b.css"),
        ] {
            assert_eq!(find(&files, url), Some(PathBuf::from(name)), "{url}");
        }
    }

    #[test]
    fn never_leaves_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("dist");
        fs::create_dir(&folder).unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        fs::write(folder.join("index.html"), "page").unwrap();
        let absolute = outside.path().join("secret").display().to_string();
        let urls = [
            "/../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/./index.html/../../secret",
            "//secret",
            "../secret",
            "secret",
            "",
            &absolute,
            &format!("/{absolute}"),
        ];
        let files = files(&folder).unwrap();
        for url in urls {
            assert_eq!(find(&files, url), None, "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn follows_no_links() {
        let page = page();
        std::os::unix::fs::symlink("/", page.path().join("root")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", page.path().join("passwd")).unwrap();
        assert_eq!(files(page.path()).unwrap().len(), 3);
    }

    #[test]
    fn knows_the_types_of_the_page() {
        assert_eq!(content_type(Path::new("assets/x.wasm")), "application/wasm");
        assert_eq!(content_type(Path::new("index.html")), "text/html; charset=utf-8");
        assert_eq!(content_type(Path::new("assets/x.js")), "text/javascript; charset=utf-8");
        assert_eq!(content_type(Path::new("LICENSE")), "application/octet-stream");
    }

    #[test]
    fn answers_over_http_and_moves_on_when_a_port_is_taken() {
        use std::io::{Read, Write};
        use std::net::TcpStream;

        // Port 0 lets the system choose a free one.
        let (taken, address) = listen(0).unwrap();
        let (server, second) = listen(address.port()).unwrap();
        assert_ne!(address, second);
        drop(taken);

        let page = page();
        let folder = page.path().to_path_buf();
        let worker = std::thread::spawn(move || {
            for _ in 0..3 {
                answer(&folder, server.recv().unwrap()).unwrap();
            }
        });
        let ask = |head: &str| {
            let mut stream = TcpStream::connect(second).unwrap();
            write!(stream, "{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        };
        let found = ask("GET /assets/page.js");
        assert!(found.starts_with("HTTP/1.1 200"), "{found}");
        assert!(found.contains("Content-Type: text/javascript"), "{found}");
        assert!(found.contains("Cache-Control: no-cache"), "{found}");
        assert!(found.ends_with("assets/page.js"), "{found}");
        assert!(ask("GET /../../etc/passwd").starts_with("HTTP/1.1 404"));
        assert!(ask("POST /").starts_with("HTTP/1.1 405"));
        worker.join().unwrap();
    }
}
