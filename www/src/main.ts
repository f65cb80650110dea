import './styles/index.css';
import './app.ts';

document.body.append(document.createElement('dg-app'));
